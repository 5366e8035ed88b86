/// A pattern for names of images, as Docker's `reference` filter has it: `*`, `?` and `[a-z]` of a shell, none of which crosses a slash. It
/// fits a name with its tag, or a name without.
public struct ReferencePattern: Sendable {
  private enum Token: Sendable {
    case one(Unicode.Scalar)
    case any
    case many
    case set([ClosedRange<UInt32>], isNegated: Bool)
  }
  private var tokens: [Token] = []

  /// nil when a `[` is not closed or a `\` stands at the end.
  public init?(_ text: String) {
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": tokens.append(.many)
      case "?": tokens.append(.any)
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        tokens.append(.one(next))
      case "[":
        guard let set = Self.set(&rest) else { return nil }
        tokens.append(set)
      default: tokens.append(.one(scalar))
      }
    }
  }

  private static func set(_ rest: inout ArraySlice<Unicode.Scalar>) -> Token? {
    var ranges: [ClosedRange<UInt32>] = []
    let isNegated = rest.first == "^"
    if isNegated { rest.removeFirst() }
    while let low = rest.popFirst() {
      if low == "]", !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
      var high = low
      if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
        rest = rest.dropFirst(2)
        high = end
      }
      guard low <= high else { return nil }
      ranges.append(low.value...high.value)
    }
    return nil
  }

  /// Whether it fits a name as people write it.
  public func matches(_ reference: String) -> Bool {
    if fits(reference) { return true }
    let name = reference.split(separator: "@", maxSplits: 1).first.map(String.init) ?? reference
    let slash = name.lastIndex(of: "/") ?? name.startIndex
    guard let colon = name[slash...].lastIndex(of: ":") else { return name != reference && fits(name) }
    return fits(String(name[..<colon]))
  }

  /// All ways through the pattern at once: no more steps than its length times the name's.
  private func fits(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var reached = [Bool](repeating: false, count: scalars.count + 1)
    reached[0] = true
    for token in tokens {
      var next = [Bool](repeating: false, count: scalars.count + 1)
      var isOpen = false
      for at in 0...scalars.count {
        if case .many = token {
          isOpen = isOpen || reached[at]
          next[at] = isOpen
          if at < scalars.count, scalars[at] == "/" { isOpen = false }
        } else if reached[at], at < scalars.count, Self.accepts(token, scalars[at]) {
          next[at + 1] = true
        }
      }
      reached = next
    }
    return reached[scalars.count]
  }

  private static func accepts(_ token: Token, _ scalar: Unicode.Scalar) -> Bool {
    switch token {
    case .one(let wanted): scalar == wanted
    case .any: scalar != "/"
    case .many: false
    case .set(let ranges, let isNegated): scalar != "/" && ranges.contains { $0.contains(scalar.value) } != isNegated
    }
  }
}
