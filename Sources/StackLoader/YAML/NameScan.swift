/// Finds a stack file's top-level `name:` without reading all of it as YAML, which is done later, when the name is known.
enum NameScan {
  enum Result: Equatable {
    /// No line can be the key.
    case absent
    /// The lines that may be read alone, after as many line breaks as stand before them.
    case alone([UInt8])
    /// Only reading the whole file can tell.
    case unclear
  }

  /// Keys at the top of a document all start in one column. Where that is the first one and lines there start with plain words only,
  /// a line that starts with the word `name` is the key.
  static func scan(_ bytes: [UInt8]) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      guard !hasOtherBreaks(bytes) else { return .unclear }
      var line = 0
      var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      var found: (start: Int, end: Int, line: Int)?
      var isOpen = false
      var hasKey = false
      while at < bytes.count {
        let first = bytes[at]
        let next = bytes[at...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
        if isLetter(first) {
          isOpen = false
          if bytes[at..<next].starts(with: "name".utf8), next == at + 4 || !isWord(bytes[at + 4]) {
            // Further down it may be inside a text in quotes.
            guard !hasKey else { return .unclear }
            found = (at, next, line)
            isOpen = true
          }
          hasKey = true
        } else if isUnimportant(first) || first == UInt8(ascii: "-") && hasKey && !bytes[at..<next].starts(with: "---".utf8) {
          if isOpen { found?.end = next }
        } else {
          return .unclear
        }
        line += 1
        at = next
      }
      guard hasKey else { return .unclear }
      guard let found else { return .absent }
      let text = bytes[found.start..<found.end]
      // An alias needs its anchor.
      if text.contains(where: { "*&!".utf8.contains($0) }) { return .unclear }
      return .alone([UInt8](repeating: UInt8(ascii: "\n"), count: found.line) + text)
    }
  }

  /// Line breaks other than `\n` and `\r\n`.
  private static func hasOtherBreaks(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    for at in bytes.indices where bytes[at] == 0x0D || bytes[at] == 0x85 || bytes[at] == 0xA8 || bytes[at] == 0xA9 {
      if bytes[at] != 0x0D || at + 1 == bytes.count || bytes[at + 1] != 0x0A { return true }
    }
    return false
  }

  /// Blank lines, comments and what is indented.
  private static func isUnimportant(_ first: UInt8) -> Bool { " \r\n#".utf8.contains(first) }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") }

  private static func isWord(_ byte: UInt8) -> Bool {
    isLetter(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
