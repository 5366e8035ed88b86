import CLinux
import Diagnostics
import Glibc
import LinuxKit
import Tar

/// Files of a rule's directory on their way into a container: those that are there, and deletions of those that are not.
struct SyncArchive: Sendable {
  let place: WatchedPath
  /// From the watched directory.
  let paths: Set<[[UInt8]]>
  /// Where the watched directory is, from where the archive is extracted.
  let prefix: [[UInt8]]

  /// The archive piece by piece.
  var pieces: AsyncThrowingStream<[UInt8], any Error> { get throws { try archivePieces { put in try write(to: put) } } }

  private func write(to put: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    var rules = ArchivingRules()
    // What is in a directory is in the set itself, as far as it counts.
    rules.mayEnter = { _ in false }
    let archiver = TreeArchiver(rules, to: put)
    let directory = try Descriptor.open(place.directory, O_DIRECTORY | Int32(CLINUX_O_PATH))
    let sorted = paths.filter { !$0.isEmpty }.sorted { $0.lexicographicallyPrecedes($1) { $0.lexicographicallyPrecedes($1) } }
    // Deletions first: a file may have taken the place of a directory.
    for isDeletion in [true, false] {
      for path in sorted { try write(path, of: directory, isDeletion: isDeletion, to: archiver) }
    }
    try archiver.finish()
  }

  private func write(_ path: [[UInt8]], of directory: borrowing Descriptor, isDeletion: Bool, to archiver: TreeArchiver) throws {
    // A rule of one file says what it is called there.
    let name = Array((place.file == nil ? prefix + path : prefix).joined(separator: [0x2F]))
    let isThere = try present(path, in: directory)
    if isDeletion, !isThere { try archiver.remove(name) }
    if !isDeletion, isThere {
      try archiver.write(try directory.open(at: Self.text(path), Int32(CLINUX_O_PATH) | O_NOFOLLOW), as: name)
    }
  }

  private func present(_ path: [[UInt8]], in directory: borrowing Descriptor) throws(KernelError) -> Bool {
    do throws(KernelError) {
      _ = try directory.status(at: Self.text(path))
      return true
    } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
      return false
    }
  }

  private static func text(_ path: [[UInt8]]) -> [CChar] { path.joined(separator: [0x2F]).map { CChar(bitPattern: $0) } + [0] }
}
