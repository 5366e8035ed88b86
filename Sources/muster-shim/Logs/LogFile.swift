import Glibc
import LinuxKit

/// A json-file log that is rotated by renaming: `log`, `log.1`, `log.2`, … the highest number being the oldest.
final class LogFile {
  private let path: String
  private let maxSize: Int64
  private let maxFiles: Int
  private var file: Descriptor
  private var size: Int64
  private var buffer: [UInt8] = []

  /// `maxSize` in bytes, 0 or less for no limit. An existing log is continued.
  init(path: String, maxSize: Int64, maxFiles: Int) throws(KernelError) {
    self.path = path
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
    LogEntryEncoder.append(text, endsLine: endsLine, stream: stream, time: time, to: &buffer)
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
    if maxFiles > 1 {
      unlink(path + ".\(maxFiles - 1)")
      for number in stride(from: maxFiles - 1, to: 1, by: -1) { rename(path + ".\(number - 1)", path + ".\(number)") }
      rename(path, path + ".1")
    }
    do throws(KernelError) {
      file = try Self.open(path, maxFiles > 1 ? O_EXCL : O_TRUNC)
      size = 0
    } catch {
      // The old file goes on under its name until the next entry tries again.
      if maxFiles > 1 { rename(path + ".1", path) }
    }
  }
}
