import Glibc

/// Reads one container's log from a place onwards, over rotations, a block at a time. At the end `next` returns nil; called again later it
/// goes on with what was written meanwhile.
///
/// The shim rotates by renaming `x.log` to `x.log.1` and so on, the highest number first; the engine may put a packed file in a rotated one's place.
/// A file is known by its inode, whatever its name has become meanwhile, or by what the packed file says that it was made of: what comes after it is
/// the file with the next lower number.
public struct LogCursor: ~Copyable {
  private let files: LogFiles
  private let readsAttributes: Bool
  private var part: LogPart?
  private var buffer: [UInt8] = []
  private var place = 0
  /// Where reading ends for good; nil: never.
  private var end: (part: LogPart, size: Int64)?
  /// The file that is read is that one.
  private var isAtLast = false
  private var hasEnded = false
  private static let block = 65_536
  /// A line longer than this is not of the shim's making; it is dropped.
  private static let longestLine = 1 << 20

  /// Starts `tail` lines before the end, or at the beginning; there also when it is negative, as in Docker.
  ///
  /// - Parameters:
  ///   - endsHere: What is written from now on is not read: who asks for what is there gets that, however fast more comes.
  ///   - readsAttributes: The entries have their `attrs`.
  public init(path: String, tail: Int?, endsHere: Bool = false, readsAttributes: Bool = false) {
    files = LogFiles(path: path)
    self.readsAttributes = readsAttributes
    if endsHere, let last = files.newest(), !last.isPacked { end = (last, last.size) }
    if let tail, tail >= 0 { start(before: tail) }
  }

  /// Goes to where the last lines begin, from the newest file to older ones.
  private mutating func start(before lines: Int) {
    var missing = lines
    var next = files.newest()
    while let found = next {
      let (offset, lines) = found.place(ofLast: missing)
      take(found, at: offset)
      if lines >= missing { return }
      missing -= lines
      next = files.before(found)
    }
  }

  /// The next whole line, or nil when there is none yet.
  public mutating func next() -> LogEntry? {
    while true {
      guard let end = lineEnd() else {
        guard fill() else { return nil }
        continue
      }
      defer { place = end + 1 }
      let entry = buffer.withUnsafeBufferPointer {
        LogEntry(UnsafeBufferPointer(rebasing: $0[place..<end]), readsAttributes: readsAttributes)
      }
      if let entry { return entry }
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
    if part == nil, !openOldest() { return false }
    if readBlock() { return true }
    guard let part, !hasEnded else { return false }
    // At this file's end. It may have been rotated away: look what bears the name now, then read the rest, which may have come just before.
    var status = stat()
    if stat(files.path, &status) == 0, !part.isPacked, UInt64(status.st_ino) == part.inode {
      // One file alone is emptied instead of renamed.
      guard Int64(status.st_size) < part.offset else { return false }
      discardTorn()
      part.seek(to: 0)
      return readBlock()
    }
    if readBlock() { return true }
    return openNext()
  }

  /// The file that was written after this one, to be read from its beginning. False: it is not there yet.
  private mutating func openNext() -> Bool {
    for attempt in 0..<LogFiles.attempts {
      LogFiles.wait(attempt)
      guard let part, let number = files.number(of: part), number > 0 else {
        // Removed meanwhile: what is left begins later.
        return openOldest()
      }
      let next = files.open(number - 1)
      // Not made yet, or on the way to its new name. Where reading has an end there is more before it.
      if next == nil, number == 1, end == nil || isAtLast { return false }
      guard let next else { continue }
      // A rotation in between would have moved this file before that one.
      if part.isAt(files.name(number)) {
        discardTorn()
        take(next, at: 0)
        return true
      }
    }
    return false
  }

  private mutating func openOldest() -> Bool {
    // What was to be the last file has been removed: all that is left is newer.
    if let end, part != nil, files.number(of: end.part) == nil {
      hasEnded = true
      return false
    }
    for attempt in 0..<LogFiles.attempts {
      LogFiles.wait(attempt)
      guard let number = files.numbers().last else { return false }
      guard let oldest = files.open(number) else { continue }
      // Nothing older has come to be behind it.
      if !files.exists(number + 1) || oldest.isAt(files.name(number + 1)) {
        discardTorn()
        take(oldest, at: 0)
        return true
      }
    }
    return false
  }

  private mutating func readBlock() -> Bool {
    guard let part else { return false }
    if place > 0 {
      buffer.removeFirst(place)
      place = 0
    }
    if buffer.count > Self.longestLine { buffer.removeAll(keepingCapacity: true) }
    let old = buffer.count
    var most = Self.block
    if let end, isAtLast {
      most = Int(max(0, min(Int64(most), end.size - part.offset)))
      if most == 0 { hasEnded = true }
    }
    if most == 0 { return false }
    buffer.append(contentsOf: repeatElement(0, count: most))
    let got = buffer.withUnsafeMutableBytes { part.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[old...])) }
    buffer.removeLast(most - got)
    return got > 0
  }

  private mutating func discardTorn() {
    buffer.removeAll(keepingCapacity: true)
    place = 0
  }

  /// Reads on in this file.
  private mutating func take(_ found: LogPart, at offset: Int64) {
    part = found
    isAtLast = end.map { found.isSame(as: $0.part) } ?? false
    found.seek(to: offset)
  }
}
