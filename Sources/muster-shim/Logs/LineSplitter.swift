import Glibc

/// Cuts a stream into log entries as Docker does: at newlines, and after 16 KiB of a line, whose parts share the first one's time.
struct LineSplitter {
  static let longestPart = 16384
  private var pending: [UInt8] = []
  /// When the line now being read began, if parts of it have been told.
  private var partialTime: Int64?

  /// Hands each entry to `emit`: its bytes, without newline, whether the line ends with it, and its time.
  mutating func feed(_ bytes: UnsafeRawBufferPointer, at time: Int64, _ emit: (UnsafeRawBufferPointer, Bool, Int64) -> Void) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let room = Self.longestPart - pending.count
      let newline = memchr(start, 0x0A, min(rest.count, room)).map { UnsafeRawPointer($0) - start }
      let taken = newline ?? min(rest.count, room)
      let isPart = newline == nil && taken == room
      if newline == nil && !isPart {
        pending.append(contentsOf: rest)
        return
      }
      let when = partialTime ?? time
      if pending.isEmpty {
        emit(UnsafeRawBufferPointer(rebasing: rest[..<taken]), !isPart, when)
      } else {
        pending.append(contentsOf: rest[..<taken])
        pending.withUnsafeBytes { emit($0, !isPart, when) }
        pending = []
      }
      partialTime = isPart ? when : nil
      rest = UnsafeRawBufferPointer(rebasing: rest[(taken + (isPart ? 0 : 1))...])
    }
  }

  /// The end of the stream: what has no newline is told as it is.
  mutating func finish(at time: Int64, _ emit: (UnsafeRawBufferPointer, Bool, Int64) -> Void) {
    if !pending.isEmpty { pending.withUnsafeBytes { emit($0, false, partialTime ?? time) } }
    pending = []
    partialTime = nil
  }
}
