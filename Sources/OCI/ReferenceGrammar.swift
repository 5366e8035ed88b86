/// The character classes of distribution's reference grammar, on bytes.
enum ReferenceGrammar {
  static func isTag(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
    return isWord(first) && text.utf8.allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D }
  }

  /// What Docker takes for a host rather than for the first part of a repository.
  static func looksLikeRegistry(_ text: Substring) -> Bool {
    text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") } || text == "localhost" || hasUpperCase(text)
  }

  /// Also of letters that are not ASCII, which only few texts make us look for.
  static func hasUpperCase(_ text: Substring) -> Bool {
    text.utf8.contains { (65...90).contains($0) || $0 >= 0x80 } && text.contains(where: \.isUppercase)
  }

  static func isRegistry(_ text: Substring) -> Bool {
    var host = text
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else { return false }
      let address = text[text.index(after: text.startIndex)..<close]
      guard !address.isEmpty, address.utf8.allSatisfy({ isHexDigit($0) || $0 == 0x3A }) else { return false }
      let rest = text[text.index(after: close)...]
      return rest.isEmpty || (rest.first == ":" && isPort(rest.dropFirst()))
    }
    if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
      guard isPort(text[text.index(after: colon)...]) else { return false }
      host = text[..<colon]
    }
    return host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, let last = part.last else { return false }
      return isAlphanumeric(first) && isAlphanumeric(last) && part.allSatisfy { isAlphanumeric($0) || $0 == 0x2D }
    }
  }

  static func isRepository(_ text: Substring) -> Bool {
    text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(isComponent)
  }

  /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
  private static func isComponent(_ bytes: Substring.UTF8View) -> Bool {
    guard let first = bytes.first, let last = bytes.last, isLowerOrDigit(first), isLowerOrDigit(last) else { return false }
    var separator: [UInt8] = []
    for byte in bytes {
      if isLowerOrDigit(byte) {
        guard separator.isEmpty || isSeparator(separator) else { return false }
        separator = []
      } else {
        separator.append(byte)
      }
    }
    return true
  }

  private static func isSeparator(_ bytes: [UInt8]) -> Bool {
    bytes == [0x2E] || bytes == [0x5F] || bytes == [0x5F, 0x5F] || bytes.allSatisfy { $0 == 0x2D }
  }

  private static func isPort(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) } && UInt16(text) != nil
  }

  private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x5F }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerOrDigit(byte) || (65...90).contains(byte) }
  private static func isLowerOrDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...122).contains(byte) }
  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte)
  }
}
