import CSeccomp
import Glibc
import LinuxKit

/// Architectures whose programs run on this machine.
enum Architecture: CaseIterable, Sendable {
  #if arch(x86_64)
    case native, x86, x32
    /// libseccomp's token.
    var token: UInt32 {
      switch self {
      case .native: cseccomp_arch_x86_64()
      case .x86: cseccomp_arch_x86()
      case .x32: cseccomp_arch_x32()
      }
    }
  #elseif arch(arm64)
    case native, arm
    /// libseccomp's token.
    var token: UInt32 {
      switch self {
      case .native: cseccomp_arch_aarch64()
      case .arm: cseccomp_arch_arm()
      }
    }
  #endif

  /// From libseccomp's word; nil when this machine runs no such programs.
  init?(word: String) {
    guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = found
  }

  /// What an image for it calls its architecture (Go's names; OCI Image Specification, "platform").
  var imageName: String {
    #if arch(x86_64)
      switch self {
      case .native: "amd64"
      case .x86: "386"
      case .x32: "amd64p32"
      }
    #elseif arch(arm64)
      switch self {
      case .native: "arm64"
      case .arm: "arm"
      }
    #endif
  }

  private var word: String {
    #if arch(x86_64)
      switch self {
      case .native: "SCMP_ARCH_X86_64"
      case .x86: "SCMP_ARCH_X86"
      case .x32: "SCMP_ARCH_X32"
      }
    #elseif arch(arm64)
      switch self {
      case .native: "SCMP_ARCH_AARCH64"
      case .arm: "SCMP_ARCH_ARM"
      }
    #endif
  }

  /// The number of a call here, nil when it does not exist.
  func number(of call: String) -> UInt32? { UInt32(exactly: seccomp_syscall_resolve_name_arch(token, call)) }
}

/// Turns a profile into a BPF program, as the bytes of an array of `struct sock_filter`.
///
/// Calls that libseccomp does not know are skipped. A number without a name, or above all that the profile names, is answered with ENOSYS: a call newer
/// than the profile, which programs probe for (runc does the same).
func compile(_ profile: Profile) throws(SeccompError) -> [UInt8] {
  guard let filter = seccomp_init(profile.defaultAction.code) else { throw SeccompError(doing: "making a filter", errno: ENOMEM) }
  defer { seccomp_release(filter) }
  for architecture in Architecture.allCases where architecture != .native && profile.architectures.contains(architecture) {
    let result = seccomp_arch_add(filter, architecture.token)
    if result != 0 && result != -EEXIST { throw SeccompError(doing: "adding an architecture", errno: -result) }
  }
  if let action = profile.foreignAction {
    try check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, action.code), "refusing other architectures")
  }
  // A binary tree: a dozen comparisons for a call rather than hundreds.
  try check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "choosing a binary tree")
  for rule in profile.rules {
    let number = seccomp_syscall_resolve_name(rule.call)
    if number == __NR_SCMP_ERROR { continue }
    let conditions = rule.conditions.map(comparison)
    let result = seccomp_rule_add_array(filter, rule.action.code, number, UInt32(conditions.count), conditions)
    try check(result, "adding the rule for " + rule.call)
  }
  return (profile.defaultAction.forbids ? unknownCallPrologue(profile).bytes : []) + (try export(filter))
}

extension Profile.Action {
  /// `SCMP_ACT_…` (seccomp_init(3)).
  var code: UInt32 {
    switch self {
    case .allow: 0x7fff_0000
    case .refuse(let errno): refusal(errno)
    case .log: 0x7ffc_0000
    case .trap: 0x0003_0000
    case .killThread: 0
    case .killProcess: 0x8000_0000
    case .trace(let message): 0x7ff0_0000 | UInt32(message)
    }
  }

  /// Whether a call is not carried out.
  fileprivate var forbids: Bool {
    switch self {
    case .allow, .log, .trace: false
    case .refuse, .trap, .killThread, .killProcess: true
    }
  }
}

/// SCMP_ACT_ERRNO.
func refusal(_ errno: Int32) -> UInt32 { 0x0005_0000 | UInt32(errno & 0xffff) }

private func check(_ result: Int32, _ doing: String) throws(SeccompError) {
  if result != 0 { throw SeccompError(doing: doing, errno: -result) }
}

private func comparison(_ condition: Profile.Condition) -> scmp_arg_cmp {
  switch condition {
  case .isLess(let argument, let value): scmp_arg_cmp(arg: argument, op: SCMP_CMP_LT, datum_a: value, datum_b: 0)
  case .equals(let argument, let value): scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
  case .hasNone(let argument, let mask): scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: 0)
  case .masked(let argument, let mask, let value): scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
  case .compares(let argument, let comparison, let value):
    scmp_arg_cmp(arg: argument, op: comparison.operation, datum_a: value, datum_b: 0)
  }
}

extension Profile.Comparison {
  fileprivate var operation: scmp_compare {
    switch self {
    case .notEqual: SCMP_CMP_NE
    case .less: SCMP_CMP_LT
    case .lessOrEqual: SCMP_CMP_LE
    case .equal: SCMP_CMP_EQ
    case .greaterOrEqual: SCMP_CMP_GE
    case .greater: SCMP_CMP_GT
    }
  }
}

/// libseccomp writes only to descriptors.
private func export(_ filter: scmp_filter_ctx) throws(SeccompError) -> [UInt8] {
  do throws(KernelError) {
    let file = try emptyMemoryFile(name: "seccomp")
    let result = seccomp_export_bpf(filter, file.number)
    if result != 0 { throw KernelError("seccomp_export_bpf(3)", errno: -result) }
    if lseek(file.number, 0, SEEK_SET) != 0 { throw KernelError.last("lseek(2)") }
    return try file.readAll(limit: 65536 * 8)
  } catch {
    throw SeccompError(doing: error.call, errno: error.errno)
  }
}
