/// A shell pattern of `*`, `?` and `\` over bytes, as variable modifiers have it.
struct Glob {
  private enum Token: Equatable {
    case byte(UInt8)
    case any
    case many
  }
  private let tokens: [Token]

  init(_ pattern: [UInt8]) {
    var tokens: [Token] = []
    var index = 0
    while index < pattern.count {
      switch pattern[index] {
      case 0x2A: if tokens.last != .many { tokens.append(.many) }
      case 0x3F: tokens.append(.any)
      case 0x5C where index + 1 < pattern.count:
        index += 1
        tokens.append(.byte(pattern[index]))
      case let byte: tokens.append(.byte(byte))
      }
      index += 1
    }
    self.tokens = tokens
  }

  func removingPrefix(of text: [UInt8], greedy: Bool) -> [UInt8] {
    let lengths = greedy ? Array((0...text.count).reversed()) : Array(0...text.count)
    guard let length = lengths.first(where: { matches(text[..<$0]) }) else { return text }
    return Array(text[length...])
  }

  func removingSuffix(of text: [UInt8], greedy: Bool) -> [UInt8] {
    let starts = greedy ? Array(0...text.count) : Array((0...text.count).reversed())
    guard let start = starts.first(where: { matches(text[$0...]) }) else { return text }
    return Array(text[..<start])
  }

  /// Replaces the longest match at the leftmost place, or at every place.
  func replacing(in text: [UInt8], with replacement: [UInt8], all: Bool) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    var isDone = false
    while index < text.count, !isDone {
      if let end = longestMatch(in: text, from: index), end > index {
        output += replacement
        guard output.count <= Expansion.limit else { return output }
        index = end
        isDone = !all
      } else {
        output.append(text[index])
        index += 1
      }
    }
    return output + text[index...]
  }

  private func longestMatch(in text: [UInt8], from start: Int) -> Int? {
    (start...text.count).reversed().first { matches(text[start..<$0]) }
  }

  /// Two pointers and one way back: linear in practice, quadratic at worst.
  private func matches(_ text: ArraySlice<UInt8>) -> Bool {
    var at = text.startIndex
    var token = 0
    var star: (token: Int, at: Int)?
    while at < text.endIndex {
      if token < tokens.count, tokens[token] == .many {
        star = (token, at)
        token += 1
      } else if token < tokens.count, tokens[token] == .any || tokens[token] == .byte(text[at]) {
        token += 1
        at += 1
      } else if let back = star {
        star = (back.token, back.at + 1)
        token = back.token + 1
        at = back.at + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .many }
  }
}
