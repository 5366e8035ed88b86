import Glibc

/// Reads one container's log from a place onwards, over rotations, a block at a time. At the end `next` returns nil; called again later it
/// goes on with what was written meanwhile.
///
/// The shim rotates by renaming `x.log` to `x.log.1` and so on, the highest number first. A file is known by its inode, whatever its name has
/// become meanwhile: what comes after it is the file with the next lower number.
public struct LogCursor: ~Copyable {
  private let path: String
  private var descriptor: Int32 = -1
  private var inode: UInt64 = 0
  private var buffer: [UInt8] = []
  private var place = 0
  /// Where reading ends for good; nil: never.
  private var end: (inode: UInt64, size: off_t)?
  private var hasEnded = false
  private static let block = 65_536
  /// A line longer than this is not of the shim's making; it is dropped.
  private static let longestLine = 1 << 20
  /// More than the shim ever keeps.
  private static let mostFiles = 10_000

  /// Starts `tail` lines before the end, or at the beginning.
  ///
  /// - Parameter endsHere: What is written from now on is not read: who asks for what is there gets that, however fast more comes.
  public init(path: String, tail: Int?, endsHere: Bool = false) {
    self.path = path
    if endsHere {
      var status = stat()
      if stat(path, &status) == 0 { end = (UInt64(status.st_ino), off_t(status.st_size)) }
    }
    guard let tail else { return }
    var missing = tail
    var seen: Set<UInt64> = []
    for number in 0...Self.mostFiles {
      let file = name(number)
      let found = Glibc.open(file, O_RDONLY | O_CLOEXEC)
      if found < 0 {
        // A gap of a rotation under way, or the end.
        if number > 0, access(name(number + 1), F_OK) != 0 { break }
        continue
      }
      let (offset, lines) = Self.offset(of: missing, in: found)
      // Renamed since the last one was read: the same again.
      guard seen.insert(Self.inode(of: found)).inserted else {
        close(found)
        continue
      }
      take(found, at: offset)
      if lines >= missing { return }
      missing -= lines
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The next whole line, or nil when there is none yet.
  public mutating func next() -> LogEntry? {
    while true {
      guard let end = lineEnd() else {
        guard fill() else { return nil }
        continue
      }
      defer { place = end + 1 }
      if let entry = buffer.withUnsafeBufferPointer({ LogEntry(UnsafeBufferPointer(rebasing: $0[place..<end])) }) { return entry }
    }
  }

  /// Where the next newline is in the buffer.
  private func lineEnd() -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, let found = memchr(start + place, 0x0A, bytes.count - place) else { return nil }
      return UnsafeRawPointer(found) - start
    }
  }

  /// Reads on; false at the end of what is written.
  private mutating func fill() -> Bool {
    if hasEnded { return false }
    if descriptor < 0, !openOldest() { return false }
    if readBlock() { return true }
    // At this file's end. It may have been rotated away: look what bears the name now, then read the rest, which may have come just before.
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    if UInt64(status.st_ino) == inode {
      // One file alone is emptied instead of renamed.
      guard off_t(status.st_size) < lseek(descriptor, 0, SEEK_CUR) else { return false }
      discardTorn()
      lseek(descriptor, 0, SEEK_SET)
      return readBlock()
    }
    if readBlock() { return true }
    return openNext()
  }

  /// `x.log` is number 0.
  private func name(_ number: Int) -> String { number == 0 ? path : "\(path).\(number)" }

  /// The file that was written after this one, to be read from its beginning. False: it is not there yet.
  private mutating func openNext() -> Bool {
    for _ in 0..<100 {
      guard let number = numbers().first(where: { inode(at: $0) == inode }), number > 0 else {
        // Removed meanwhile: what is left begins later.
        return openOldest()
      }
      let next = Glibc.open(name(number - 1), O_RDONLY | O_CLOEXEC)
      // Not made yet, or on the way to its new name.
      if next < 0, number == 1 { return false }
      if next < 0 { continue }
      // A rotation in between would have moved this file before that one.
      if inode(at: number) == inode {
        discardTorn()
        take(next, at: 0)
        return true
      }
      close(next)
    }
    return false
  }

  private mutating func openOldest() -> Bool {
    // What was to be the last file has been removed: all that is left is newer.
    if let end, inode != 0, !numbers().contains(where: { inode(at: $0) == end.inode }) {
      hasEnded = true
      return false
    }
    for _ in 0..<100 {
      guard let number = numbers().last else { return false }
      let oldest = Glibc.open(name(number), O_RDONLY | O_CLOEXEC)
      if oldest < 0 { continue }
      // Nothing older has come to be behind it.
      let behind = inode(at: number + 1)
      if behind == nil || behind == Self.inode(of: oldest) {
        discardTorn()
        take(oldest, at: 0)
        return true
      }
      close(oldest)
    }
    return false
  }

  /// The numbers of the files that are there, over the one gap that a rotation under way makes.
  private func numbers() -> [Int] {
    var found: [Int] = []
    for number in 0...Self.mostFiles {
      if access(name(number), F_OK) == 0 {
        found.append(number)
      } else if number > 0, access(name(number + 1), F_OK) != 0 {
        break
      }
    }
    return found
  }

  private func inode(at number: Int) -> UInt64? {
    var status = stat()
    return stat(name(number), &status) == 0 ? UInt64(status.st_ino) : nil
  }

  private static func inode(of descriptor: Int32) -> UInt64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  private mutating func readBlock() -> Bool {
    if place > 0 {
      buffer.removeFirst(place)
      place = 0
    }
    if buffer.count > Self.longestLine { buffer.removeAll(keepingCapacity: true) }
    let old = buffer.count
    var most = Self.block
    if let end, end.inode == inode {
      most = Int(max(0, min(off_t(most), end.size - lseek(descriptor, 0, SEEK_CUR))))
      if most == 0 { hasEnded = true }
    }
    if most == 0 { return false }
    buffer.append(contentsOf: repeatElement(0, count: most))
    let got = buffer.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { read(descriptor, $0 + old, most) } ?? 0 }
    buffer.removeLast(most - max(0, got))
    return got > 0
  }

  private mutating func discardTorn() {
    buffer.removeAll(keepingCapacity: true)
    place = 0
  }

  /// Reads on in this file, which is then this cursor's to close.
  private mutating func take(_ file: Int32, at offset: off_t) {
    if descriptor >= 0 { close(descriptor) }
    descriptor = file
    inode = Self.inode(of: file)
    lseek(file, offset, SEEK_SET)
  }

  /// Where the last `count` lines begin, and how many there are (at most `count`).
  private static func offset(of count: Int, in descriptor: Int32) -> (offset: off_t, found: Int) {
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
