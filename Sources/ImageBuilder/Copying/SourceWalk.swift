import Glibc
import ImageStore
import LinuxKit
import OCI
import PathPatterns

/// Goes through what COPY takes, in one order, and hashes it: the digest is the same when what arrives is the same, whatever its times are.
final class SourceWalk {
  /// One thing that is copied.
  struct Entry {
    /// Names under the source; none for the source itself.
    var path: [[UInt8]]
    var status: FileStatus
    /// Of a symbolic link.
    var target: [UInt8] = []
  }

  /// Takes entries as they come. `file` is open for reading for files; its bytes go through ``SourceWalk/bytes(of:_:)``.
  typealias Visitor = (_ entry: Entry, _ file: borrowing Descriptor) throws -> Void

  let source: SourceRoot
  /// What is left out, by its path under what is walked.
  private let excluded: IgnoreRules
  private let opensFiles: Bool
  private let cancellation: Cancellation
  private var hash = ContentHash()
  private var buffer = [UInt8](repeating: 0, count: 131_072)

  /// `opensFiles`: else a file's visitor gets the directory that it is in, which is enough for who asks for sizes and times.
  init(
    _ source: SourceRoot, excluding excluded: IgnoreRules = IgnoreRules(), opensFiles: Bool = true, _ cancellation: Cancellation
  ) {
    self.source = source
    self.excluded = excluded
    self.opensFiles = opensFiles
    self.cancellation = cancellation
  }

  /// Of everything walked so far.
  var digest: Digest { hash.digest() }

  func note(_ field: String) { hash.update(field: field) }

  /// Walks a file, or a directory's content; the last link of the source itself is followed, inside its root.
  func walk(_ path: [[UInt8]], _ visit: Visitor) throws {
    let found = try source.root.open(SourceRoot.cPath(path), O_RDONLY | O_NONBLOCK | O_NOCTTY)
    try visitOpen(found, Entry(path: [], status: try found.status()), at: path, depth: 0, visit)
  }

  /// Whether a source that is no directory is left out, by its name.
  func excludes(_ path: [[UInt8]]) -> Bool { path.last.map { excluded.ignore([$0]) } == true && !source.isDirectory(path) }

  private func visitOpen(_ file: borrowing Descriptor, _ entry: Entry, at path: [[UInt8]], depth: Int, _ visit: Visitor) throws {
    try cancellation.check()
    note(entry)
    switch entry.status.kind {
    case .regular: try visit(entry, file)
    case .directory:
      guard depth < 400 else { throw BuildError("\(text(path)) in \(source.name) is nested too deep") }
      if depth == 0 || !source.rules.ignore(path) && !excluded.ignore(entry.path) { try visit(entry, file) }
      for name in try file.entries().map(\.bytes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        try visitName(name, in: file, entry, at: path + [name], depth: depth + 1, visit)
      }
    default: throw BuildError("\(text(path)) in \(source.name) is neither a file nor a directory")
    }
  }

  private func visitName(
    _ name: [UInt8], in directory: borrowing Descriptor, _ parent: Entry, at path: [[UInt8]], depth: Int, _ visit: Visitor
  ) throws {
    let status = try directory.status(at: name.cName)
    if source.rules.ignore(path), !(status.kind == .directory && source.rules.hasExceptions) { return }
    var entry = Entry(path: parent.path + [name], status: status)
    if excluded.ignore(entry.path), !(status.kind == .directory && excluded.hasExceptions) { return }
    switch status.kind {
    case .regular where !opensFiles:
      note(entry)
      try visit(entry, directory)
    case .regular, .directory:
      let inner = try directory.open(at: name.cName, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      entry.status = try inner.status()
      try visitOpen(inner, entry, at: path, depth: depth, visit)
    case .symlink:
      entry.target = try directory.readLink(at: name.cName).dropLast().map { UInt8(bitPattern: $0) }
      note(entry)
      try visit(entry, directory)
    case .fifo where source.keepsOwner, .character where source.keepsOwner, .block where source.keepsOwner:
      note(entry)
      try visit(entry, directory)
    case .character, .block: throw BuildError("\(text(path)) in \(source.name) is a device")
    // No archive has sockets, and what waits in a fifo is nobody's content.
    default: return
    }
  }

  /// Reads a file to its end, piece by piece, into the digest and to `take`.
  func bytes(of file: borrowing Descriptor, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    var count: Int64 = 0
    while true {
      try cancellation.check()
      let read = try buffer.withUnsafeMutableBytes { raw in
        let read = try file.read(into: raw)
        let piece = UnsafeRawBufferPointer(rebasing: raw[..<read])
        hash.update(piece)
        try take(piece)
        return read
      }
      count += Int64(read)
      if read == 0 { break }
    }
    note("\(count) bytes")
  }

  private func note(_ entry: Entry) {
    let status = entry.status
    note("\(status.kind) \(status.permissions) \(entry.path.count)")
    for name in entry.path {
      note("\(name.count)")
      hash.update(name)
    }
    if source.keepsOwner { note("\(status.uid):\(status.gid) \(status.major):\(status.minor)") }
    note("\(entry.target.count)")
    hash.update(entry.target)
  }

  private func text(_ path: [[UInt8]]) -> String { String(decoding: Array(path.joined(separator: [0x2F])), as: UTF8.self) }
}
