import Glibc
import LinuxKit

/// What a filter says of system calls.
public struct Profile: Equatable, Sendable {
  public enum Action: Hashable, Sendable {
    case allow
    case refuse(errno: Int32)
    /// Allowed, and told in the kernel's log.
    case log
    /// SIGSYS.
    case trap
    case killThread
    case killProcess
    /// A tracer decides; without one the call does not exist.
    case trace(message: UInt16)
  }

  /// How an argument is compared with a value.
  public enum Comparison: Hashable, Sendable { case notEqual, less, lessOrEqual, equal, greaterOrEqual, greater }

  /// A test of one argument.
  public enum Condition: Hashable, Sendable {
    case isLess(argument: UInt32, than: UInt64)
    case equals(argument: UInt32, UInt64)
    /// None of the bits is set.
    case hasNone(argument: UInt32, of: UInt64)
    case compares(argument: UInt32, Comparison, UInt64)
    /// The bits of the mask are those of the value.
    case masked(argument: UInt32, mask: UInt64, equals: UInt64)

    /// Which argument.
    var argument: UInt32 {
      switch self {
      case .isLess(let argument, _), .equals(let argument, _), .hasNone(let argument, _), .compares(let argument, _, _),
        .masked(let argument, _, _):
        argument
      }
    }
  }

  struct Rule: Hashable, Sendable {
    var call: String
    var action: Action
    /// All of them must hold, each of another argument. Several rules for one call are alternatives.
    var conditions: [Condition] = []
  }

  /// Of calls that are not named.
  var defaultAction: Action
  /// Those whose calls are looked at.
  var architectures: Set<Architecture>
  /// Of calls of all other architectures; nil: the program is killed (libseccomp's default).
  var foreignAction: Action?
  private(set) var rules: [Rule] = []
  private var seen: Set<Rule> = []

  /// Refuses with EPERM whatever is not named, and with ENOSYS, as a kernel without them would, the calls of other ABIs than the machine's own and `foreign`.
  init(foreign: ForeignABI?) {
    defaultAction = .refuse(errno: EPERM)
    architectures = Set([.native, foreign?.architecture].compactMap { $0 })
    foreignAction = .refuse(errno: ENOSYS)
  }

  /// - Parameter architectures: in libseccomp's words (`SCMP_ARCH_X86_64`). Those that this machine has not are left out; its own is always there.
  public init(defaultAction: Action, architectures: [String]) {
    self.defaultAction = defaultAction
    self.architectures = Set(architectures.compactMap(Architecture.init(word:))).union([.native])
  }

  /// Adds a rule for each name in a text, unless it is there.
  mutating func add(_ names: String, _ action: Action = .allow, when condition: Condition? = nil) {
    for name in names.split(whereSeparator: \.isWhitespace) {
      insert(Rule(call: String(name), action: action, conditions: condition.map { [$0] } ?? []))
    }
  }

  /// Adds rules for calls. Several tests of one argument are alternatives, as runc has it; otherwise all must hold.
  public mutating func add(calls: [String], _ action: Action, when conditions: [Condition]) {
    // A rule that says what holds anyway is one that libseccomp refuses.
    if action == defaultAction { return }
    let areAlternatives = Set(conditions.map(\.argument)).count < conditions.count
    for call in calls {
      if areAlternatives {
        for condition in conditions { insert(Rule(call: call, action: action, conditions: [condition])) }
      } else {
        insert(Rule(call: call, action: action, conditions: conditions))
      }
    }
  }

  private mutating func insert(_ rule: Rule) { if seen.insert(rule).inserted { rules.append(rule) } }
}
