import LinuxKit

/// What a filter says of system calls; anything not named is refused with EPERM.
struct Profile: Equatable, Sendable {
  enum Action: Hashable, Sendable {
    case allow
    case refuse(errno: Int32)
  }

  /// A test of one argument. Several rules for one call are alternatives.
  enum Condition: Hashable, Sendable {
    case isLess(argument: UInt32, than: UInt64)
    case equals(argument: UInt32, UInt64)
    /// None of the bits is set.
    case hasNone(argument: UInt32, of: UInt64)
  }

  struct Rule: Hashable, Sendable {
    var call: String
    var action: Action
    var condition: Condition?
  }

  private(set) var rules: [Rule] = []

  /// Adds a rule for each name in a text, unless it is there.
  mutating func add(_ names: String, _ action: Action = .allow, when condition: Condition? = nil) {
    for name in names.split(whereSeparator: \.isWhitespace) {
      let rule = Rule(call: String(name), action: action, condition: condition)
      if seen.insert(rule).inserted { rules.append(rule) }
    }
  }

  private var seen: Set<Rule> = []
}
