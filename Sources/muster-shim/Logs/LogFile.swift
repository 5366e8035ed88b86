import Glibc
import LinuxKit

/// A json-file log that is rotated by renaming: `log`, `log.1`, `log.2`, … the highest number being the oldest. The engine may put `log.1.gz` in
/// the place of `log.1`, which it does while it holds a lock on the directory.
final class LogFile {
  private let path: String
  private let maxSize: Int64
  private let maxFiles: Int
  private var file: Descriptor
  private var size: Int64
  private var buffer: [UInt8] = []
  private let attributes: [UInt8]
  private let isPacked: Bool

  /// `maxSize` in bytes, 0 or less for no limit. An existing log is continued. `attributes`: an object of JSON that every entry has.
  init(path: String, maxSize: Int64, maxFiles: Int, attributes: String?, isPacked: Bool) throws(KernelError) {
    self.path = path
    self.attributes = attributes.map { Array(",\"attrs\":\($0)".utf8) } ?? []
    self.isPacked = isPacked
    self.maxSize = maxSize
    self.maxFiles = max(1, min(maxFiles, 1000))
    file = try Self.open(path, 0)
    size = try file.status().size
    // A shim that was killed may have left half an entry: the next one begins on a line of its own.
    if size > 0, try Self.lastByte(path, size) != 0x0A { buffer = [0x0A] }
  }

  private static func lastByte(_ path: String, _ size: Int64) throws(KernelError) -> UInt8? {
    let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
    var byte: UInt8 = 0
    let number = file.number
    return try kernel("pread(2)") { pread(number, &byte, 1, off_t(size - 1)) } == 1 ? byte : nil
  }

  private static func open(_ path: String, _ flags: Int32) throws(KernelError) -> Descriptor {
    try Descriptor.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | flags, mode: 0o640)
  }

  /// Adds an entry; it is in the file after `flush`.
  func append(_ text: UnsafeRawBufferPointer, endsLine: Bool, stream: StaticString, time: Int64) {
    if maxSize > 0, size + Int64(buffer.count) >= maxSize {
      flush()
      rotate()
    }
    LogEntryEncoder.append(text, endsLine: endsLine, stream: stream, time: time, attributes: attributes, to: &buffer)
  }

  /// Writes what has been added. On a full disk the entries are lost and the container goes on.
  func flush() {
    if buffer.isEmpty { return }
    do throws(KernelError) {
      try file.writeAll(buffer)
      size += Int64(buffer.count)
    } catch {
      // No torn entry stays behind.
      ftruncate(file.number, off_t(size))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Gives back memory that only a busy container needs.
  func shrink() {
    // The end of a torn entry may be all that there is.
    flush()
    buffer = []
  }

  private func rotate() {
    guard isPacked else { return shift() }
    // Held elsewhere for a moment: until then this file goes on.
    guard let directory = try? Descriptor.open(Self.directory(of: path), O_RDONLY | O_DIRECTORY),
      flock(directory.number, LOCK_EX | LOCK_NB) == 0
    else { return }
    shift()
    flock(directory.number, LOCK_UN)
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  private func shift() {
    if maxFiles > 1 {
      unlink(name(maxFiles - 1))
      if isPacked { unlink(name(maxFiles - 1) + ".gz") }
      for number in stride(from: maxFiles - 1, to: 1, by: -1) { move(number - 1, to: number) }
      rename(path, name(1))
    }
    do throws(KernelError) {
      file = try Self.open(path, maxFiles > 1 ? O_EXCL : O_TRUNC)
      size = 0
    } catch {
      // The old file goes on under its name until the next entry tries again.
      if maxFiles > 1 { rename(name(1), path) }
    }
  }

  private func name(_ number: Int) -> String { "\(path).\(number)" }

  private func move(_ number: Int, to next: Int) {
    guard isPacked, access(name(number) + ".gz", F_OK) == 0 else {
      rename(name(number), name(next))
      return
    }
    // An engine that died between two steps has left both: they say the same.
    unlink(name(number))
    rename(name(number) + ".gz", name(next) + ".gz")
  }
}
