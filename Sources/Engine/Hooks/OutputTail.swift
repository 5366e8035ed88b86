/// Cuts a program's output into lines, hands each on, and keeps the last ones for an error message.
actor OutputTail {
  private var partial: [[UInt8]] = [[], []]
  private var lines: [String] = []
  private let hand: @Sendable (String) -> Void
  /// Lines kept.
  private static let count = 10
  /// A line is cut here, so that output without line ends does not fill the memory.
  private static let longest = 4096

  init(_ hand: @escaping @Sendable (String) -> Void) { self.hand = hand }

  func add(_ bytes: [UInt8], isError: Bool) {
    let stream = isError ? 1 : 0
    for byte in bytes {
      if byte == 0x0A {
        finish(stream)
      } else {
        partial[stream].append(byte)
        if partial[stream].count >= Self.longest { finish(stream) }
      }
    }
  }

  /// The last lines as one text; what has no line end yet is a line.
  func text() -> String {
    for stream in partial.indices where !partial[stream].isEmpty { finish(stream) }
    return lines.joined(separator: "\n")
  }

  private func finish(_ stream: Int) {
    let line = String(decoding: partial[stream], as: UTF8.self)
    partial[stream] = []
    lines.append(line)
    if lines.count > Self.count { lines.removeFirst() }
    hand(line)
  }
}
