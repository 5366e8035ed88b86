import Glibc
import ImageStore
import LinuxKit

/// A file of a log that has been rotated, and is not written any more.
final class RotatedFile: Sendable {
  private let files: LogFiles
  private let file: SharedDescriptor
  private let origin: LogOrigin

  /// nil: it has been removed, moved or packed meanwhile.
  init?(_ files: LogFiles, _ number: Int) throws(KernelError) {
    self.files = files
    do throws(KernelError) {
      file = SharedDescriptor(try Descriptor.open(files.name(number), O_RDONLY | O_NOFOLLOW))
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
    origin = LogOrigin(try file.descriptor.status())
  }

  /// Whether it was written a moment ago. Its inode's number may be another file's as soon as it is removed; what tells the two apart is the time of
  /// the last change, which the kernel counts in some milliseconds.
  var isFresh: Bool { (0..<100_000_000).contains(WallClock.nanoseconds() &- origin.modified) }

  func pack(into path: String) throws { try PackedFile.write(file.descriptor, to: path, comment: origin.comment, mode: 0o640) }

  /// Puts what was packed in this file's place, while the shim cannot rotate: it takes the name that the file has by now, and the file is removed. Who
  /// looks for either finds one of them at any moment, and both say the same.
  func giveWay(to packed: String) throws {
    let path = files.path.lastIndex(of: "/").map { String(files.path[..<$0]) } ?? "."
    // Removed with its container.
    guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY) else { return }
    let number = directory.number
    try kernel("flock(2)", [path]) { flock(number, LOCK_EX) }
    defer { flock(number, LOCK_UN) }
    guard let place = current else { return }
    try kernel("rename(2)", [packed]) { rename(packed, place + ".gz") }
    try directory.synchronize()
    unlink(place)
  }

  /// The name that the file has now; nil: it was removed, or is written again because there was no room for another.
  private var current: String? {
    for number in 1...LogFiles.most {
      let name = files.name(number)
      if let status = try? Descriptor.open(name, O_RDONLY | O_NOFOLLOW).status(), LogOrigin(status) == origin { return name }
      if !files.exists(number), !files.exists(number + 1) { return nil }
    }
    return nil
  }
}
