import Diagnostics

/// The keys by which who looks on at a process leaves it, and how far they have been pressed.
struct DetachKeys: Sendable, Equatable {
  let sequence: [UInt8]
  private var pressed = 0

  /// Docker's ctrl-p ctrl-q.
  static let standard = DetachKeys(sequence: [0x10, 0x11])

  private init(sequence: [UInt8]) { self.sequence = sequence }

  /// `ctrl-x,y`: letters as they are, or with ctrl: a to z, @ [ \ ] ^ _. Empty: there are none.
  init(_ text: String) throws {
    var bytes: [UInt8] = []
    for key in text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false) {
      let lower = key.lowercased()
      if lower.hasPrefix("ctrl-"), let byte = lower.dropFirst(5).utf8.first, lower.utf8.count == 6,
        (0x61...0x7A).contains(byte) || [0x40, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F].contains(byte)
      {
        bytes.append(byte & 0x1F)
      } else if key.utf8.count == 1, let byte = key.utf8.first {
        bytes.append(byte)
      } else {
        throw Exit(1, "--detach-keys \(visible(text)): \"\(visible(String(key)))\" is no key; write them as ctrl-p,ctrl-q")
      }
    }
    sequence = bytes
  }

  /// What of some input goes on to the process, and whether the keys have been pressed: nothing after them counts.
  mutating func take(_ input: [UInt8]) -> (passed: [UInt8], isDone: Bool) {
    guard !sequence.isEmpty else { return (input, false) }
    var passed: [UInt8] = []
    for byte in input {
      if byte == sequence[pressed] {
        pressed += 1
        if pressed == sequence.count { return (passed, true) }
      } else {
        // It was none of them after all; the sequence may begin anew with this one.
        passed += sequence[..<pressed]
        pressed = 0
        if byte == sequence[0] { pressed = 1 } else { passed.append(byte) }
        if pressed == sequence.count { return (passed, true) }
      }
    }
    return (passed, false)
  }
}
