/// A pattern for slash-separated paths: `*`, `?`, `[a-z]`, `[^a]` and `\` as Go's `filepath.Match` has them, none of which crosses a slash.
/// With `isDeep`, `**` stands for any number of directories (moby's `patternmatcher`, the rules of `.dockerignore`).
package struct PathPattern: Sendable, Equatable {
  private enum Token: Equatable {
    case byte(UInt8)
    case any
    case many
    /// `**/`: nothing, or anything that ends with a slash.
    case directories
    /// `**` at the end.
    case rest
    case set([ClosedRange<UInt8>], isNegated: Bool)
  }
  private var tokens: [Token] = []

  /// nil when a `[` is not closed, a range is upside down, or a `\` escapes nothing.
  package init?(_ pattern: [UInt8], isDeep: Bool = false) {
    var index = 0
    while index < pattern.count {
      let byte = pattern[index]
      index += 1
      switch byte {
      case UInt8(ascii: "*"):
        guard isDeep, index < pattern.count, pattern[index] == byte else {
          if tokens.last != .many { tokens.append(.many) }
          continue
        }
        while index < pattern.count, pattern[index] == byte { index += 1 }
        if index == pattern.count {
          tokens.append(.rest)
        } else {
          if pattern[index] == UInt8(ascii: "/") { index += 1 }
          tokens.append(.directories)
        }
      case UInt8(ascii: "?"): tokens.append(.any)
      case UInt8(ascii: "\\"):
        guard index < pattern.count else { return nil }
        tokens.append(.byte(pattern[index]))
        index += 1
      case UInt8(ascii: "["):
        guard let set = Self.set(pattern, &index) else { return nil }
        tokens.append(set)
      default: tokens.append(.byte(byte))
      }
    }
  }

  /// Whether the pattern has anything but plain bytes.
  package var isLiteral: Bool {
    tokens.allSatisfy { if case .byte = $0 { true } else { false } }
  }

  private static func set(_ pattern: [UInt8], _ index: inout Int) -> Token? {
    var ranges: [ClosedRange<UInt8>] = []
    var isNegated = false
    if index < pattern.count, pattern[index] == UInt8(ascii: "^") {
      isNegated = true
      index += 1
    }
    func member() -> UInt8? {
      guard index < pattern.count else { return nil }
      if pattern[index] == UInt8(ascii: "\\") { index += 1 }
      guard index < pattern.count else { return nil }
      index += 1
      return pattern[index - 1]
    }
    while index < pattern.count {
      if pattern[index] == UInt8(ascii: "]"), !ranges.isEmpty {
        index += 1
        return .set(ranges, isNegated: isNegated)
      }
      guard let low = member() else { return nil }
      var high = low
      if index + 1 < pattern.count, pattern[index] == UInt8(ascii: "-"), pattern[index + 1] != UInt8(ascii: "]") {
        index += 1
        guard let end = member() else { return nil }
        high = end
      }
      guard low <= high else { return nil }
      ranges.append(low...high)
    }
    return nil
  }

  /// Follows all ways through the pattern at once: no pattern takes more than its length times the path's.
  package func matches(_ text: some Collection<UInt8>) -> Bool {
    let text = Array(text)
    var reached = [Bool](repeating: false, count: text.count + 1)
    reached[0] = true
    for token in tokens {
      var next = [Bool](repeating: false, count: text.count + 1)
      var isOpen = false
      for at in 0...text.count {
        switch token {
        case .many:
          isOpen = isOpen || reached[at]
          next[at] = isOpen
          if at < text.count, text[at] == UInt8(ascii: "/") { isOpen = false }
        case .rest:
          isOpen = isOpen || reached[at]
          next[at] = isOpen
        case .directories:
          next[at] = reached[at] || (isOpen && text[at - 1] == UInt8(ascii: "/"))
          isOpen = isOpen || reached[at]
        default:
          guard reached[at], at < text.count, accepts(token, text[at]) else { continue }
          next[at + 1] = true
        }
      }
      reached = next
    }
    return reached[text.count]
  }

  private func accepts(_ token: Token, _ byte: UInt8) -> Bool {
    switch token {
    case .byte(let wanted): byte == wanted
    case .any: byte != UInt8(ascii: "/")
    case .set(let ranges, let isNegated): byte != UInt8(ascii: "/") && ranges.contains { $0.contains(byte) } != isNegated
    default: false
    }
  }
}
