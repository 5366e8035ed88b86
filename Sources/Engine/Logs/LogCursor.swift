import Glibc

/// Reads one container's log from a place onwards, over rotations, a block at a time. At the end `next` returns nil; called again later it
/// goes on with what was written meanwhile.
///
/// The shim rotates by renaming `x.log` to `x.log.1` and so on, so an open file is read to its end whatever its name has become.
public struct LogCursor: ~Copyable {
  private let path: String
  private var descriptor: Int32 = -1
  private var inode: UInt64 = 0
  private var buffer: [UInt8] = []
  private var place = 0
  /// Older files still to be read, oldest last.
  private var pending: [String] = []
  private static let block = 65_536
  /// A line longer than this is not of the shim's making; it is dropped.
  private static let longestLine = 1 << 20

  /// Starts `tail` lines before the end, or at the beginning.
  public init(path: String, tail: Int?) {
    self.path = path
    var older: [String] = []
    var number = 1
    while access("\(path).\(number)", R_OK) == 0 {
      older.append("\(path).\(number)")
      number += 1
    }
    guard let tail else {
      pending = older
      return
    }
    var missing = tail
    for (index, file) in ([path] + older).enumerated() {
      let (offset, found) = Self.offset(of: missing, in: file)
      if found >= missing || index == older.count {
        pending = Array(older.prefix(max(0, index - 1)))
        open(file, at: offset)
        return
      }
      missing -= found
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The next whole line, or nil when there is none yet.
  public mutating func next() -> LogEntry? {
    while true {
      if let end = buffer[place...].firstIndex(of: 0x0A) {
        let entry = LogEntry(line: buffer[place..<end])
        place = end + 1
        if let entry { return entry }
        continue
      }
      guard fill() else { return nil }
    }
  }

  /// Reads on; false at the end of what is written.
  private mutating func fill() -> Bool {
    if descriptor < 0 {
      if let oldest = pending.popLast() {
        open(oldest, at: 0)
      } else {
        open(path, at: 0)
      }
      if descriptor < 0 { return false }
    }
    if readBlock() { return true }
    // At this file's end. It may have been rotated away: look what bears the name now, then read the rest, which may have come just before.
    if let oldest = pending.popLast() {
      discardTorn()
      open(oldest, at: 0)
      return true
    }
    var status = stat()
    guard stat(path, &status) == 0, UInt64(status.st_ino) != inode else { return false }
    if readBlock() { return true }
    discardTorn()
    open(path, at: 0)
    return descriptor >= 0
  }

  private mutating func readBlock() -> Bool {
    if place > 0 {
      buffer.removeFirst(place)
      place = 0
    }
    if buffer.count > Self.longestLine { buffer.removeAll(keepingCapacity: true) }
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: Self.block))
    let got = buffer.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { read(descriptor, $0 + old, Self.block) } ?? 0 }
    buffer.removeLast(Self.block - max(0, got))
    return got > 0
  }

  private mutating func discardTorn() {
    buffer.removeAll(keepingCapacity: true)
    place = 0
  }

  private mutating func open(_ file: String, at offset: off_t) {
    if descriptor >= 0 { close(descriptor) }
    descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    var status = stat()
    inode = fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : 0
    lseek(descriptor, offset, SEEK_SET)
  }

  /// Where the last `count` lines begin, and how many there are (at most `count`).
  private static func offset(of count: Int, in file: String) -> (offset: off_t, found: Int) {
    let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return (0, 0) }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    if count == 0 { return (size, 0) }
    var newlines = 0
    var end = size
    var bytes = [UInt8](repeating: 0, count: block)
    while end > 0 {
      let start = max(0, end - off_t(block))
      let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, Int(end - start), start) }
      guard got > 0 else { break }
      for index in stride(from: got - 1, through: 0, by: -1) where bytes[index] == 0x0A {
        // The newline that ends the file ends the last line; the one before the wanted line ends the line before it.
        newlines += 1
        if newlines > count { return (start + off_t(index) + 1, count) }
      }
      end = start
    }
    return (0, newlines)
  }
}
