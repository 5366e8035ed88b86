import Glibc
public import OCI
public import Seccomp

extension Profile {
  /// `linux.seccomp` of a runtime specification. Throws a text that names a word that is not known.
  public init(_ written: RuntimeSpec.Seccomp) throws {
    self.init(
      defaultAction: try Self.action(written.defaultAction, written.defaultErrnoRet), architectures: written.architectures ?? [])
    for call in written.syscalls ?? [] {
      add(calls: call.names, try Self.action(call.action, call.errnoRet), when: try (call.args ?? []).map(Self.condition))
    }
  }

  private static func action(_ word: String, _ errno: UInt32?) throws -> Action {
    switch word {
    case "SCMP_ACT_ALLOW": .allow
    case "SCMP_ACT_ERRNO": .refuse(errno: errno.flatMap { Int32(exactly: $0) } ?? EPERM)
    case "SCMP_ACT_LOG": .log
    case "SCMP_ACT_TRAP": .trap
    case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": .killThread
    case "SCMP_ACT_KILL_PROCESS": .killProcess
    case "SCMP_ACT_TRACE": .trace(message: errno.flatMap { UInt16(exactly: $0) } ?? UInt16(EPERM))
    default: throw UnknownWord(word: word)
    }
  }

  private static func condition(_ argument: RuntimeSpec.Seccomp.Argument) throws -> Condition {
    if argument.op == "SCMP_CMP_MASKED_EQ" {
      return .masked(argument: argument.index, mask: argument.value, equals: argument.valueTwo ?? 0)
    }
    guard let comparison = comparisons[argument.op] else { throw UnknownWord(word: argument.op) }
    return .compares(argument: argument.index, comparison, argument.value)
  }

  private static let comparisons: [String: Comparison] = [
    "SCMP_CMP_NE": .notEqual, "SCMP_CMP_LT": .less, "SCMP_CMP_LE": .lessOrEqual, "SCMP_CMP_EQ": .equal, "SCMP_CMP_GE": .greaterOrEqual,
    "SCMP_CMP_GT": .greater,
  ]

  /// A word of libseccomp's that does not exist or is not taken.
  private struct UnknownWord: Error, CustomStringConvertible {
    var word: String
    var description: String { "seccomp: \(word) is not known" }
  }
}
