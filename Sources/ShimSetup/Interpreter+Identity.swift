import CLinux
import Glibc
import LinuxKit
import ShimProtocol

extension Interpreter {
  /// Groups first, then the user, who may no longer change groups. What is permitted stays until `capabilities`.
  mutating func become(_ user: String, _ groups: [String]) throws {
    let account = try Accounts.account(user, groups, try rooted())
    home = account.home
    do throws(KernelError) { try take(account) } catch { throw Self.identityProblem(error, account) }
    // A change of user makes the process readable again for others of that user; until execve it is the shim's copy.
    try kernel("prctl(2) PR_SET_DUMPABLE") { clinux_prctl(Int32(CLINUX_PR_SET_DUMPABLE), 0, 0, 0, 0) }
  }

  private static func identityProblem(_ error: KernelError, _ account: Account) -> any Error {
    if error.errno != EINVAL { return error }
    let groups = account.groups.map { String($0) }.joined(separator: ",")
    return SetupProblem(
      errno: EINVAL, "user \(account.uid) with groups \(groups): not all of these numbers are in the container's user namespace")
  }

  private func take(_ account: Account) throws(KernelError) {
    // As runc: the user may open /dev/stdout and its like again, which are the shim's pipes.
    for number in 0..<Int32(3) {
      let stream = try Descriptor.duplicate(number)
      if try stream.status().kind != .character { try stream.setOwner(FileOwner(uid: account.uid, gid: account.gid)) }
    }
    if let terminal { try terminal.descriptor.setOwner(FileOwner(uid: account.uid, gid: try terminal.descriptor.status().gid)) }
    try kernel("prctl(2) PR_SET_KEEPCAPS") { clinux_prctl(Int32(CLINUX_PR_SET_KEEPCAPS), 1, 0, 0, 0) }
    try kernel("setgroups(2)") { clinux_setgroups(account.groups.count, account.groups) }
    try kernel("setresgid(2)", [String(account.gid)]) { clinux_setresgid(account.gid) }
    try kernel("setresuid(2)", [String(account.uid)]) { clinux_setresuid(account.uid) }
  }

  func bound(_ set: CapabilitySet) throws {
    for number in 0..<UInt(64) {
      let has = clinux_prctl(Int32(CLINUX_PR_CAPBSET_READ), number, 0, 0, 0)
      // Above the last that this kernel knows.
      if has < 0 { return }
      if has == 1, set.rawValue & 1 << UInt64(number) == 0 {
        try kernel("prctl(2) PR_CAPBSET_DROP", [String(number)]) { clinux_prctl(Int32(CLINUX_PR_CAPBSET_DROP), number, 0, 0, 0) }
      }
    }
  }

  func setCapabilities(_ setup: CapabilitySetup) throws {
    try kernel("prctl(2) PR_CAP_AMBIENT_CLEAR_ALL") {
      clinux_prctl(Int32(CLINUX_PR_CAP_AMBIENT), UInt(CLINUX_PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
    }
    try kernel("capset(2)") { clinux_capset(setup.effective.rawValue, setup.permitted.rawValue, setup.inheritable.rawValue) }
    for number in 0..<UInt(64) where setup.ambient.rawValue & 1 << UInt64(number) != 0 {
      try kernel("prctl(2) PR_CAP_AMBIENT_RAISE", [String(number)]) {
        clinux_prctl(Int32(CLINUX_PR_CAP_AMBIENT), UInt(CLINUX_PR_CAP_AMBIENT_RAISE), number, 0, 0)
      }
    }
  }

  func loadFilter(_ slot: Int) throws {
    // struct sock_filter has eight bytes; the kernel takes 4096 of them.
    let program = try content(slot, limit: 4096 * 8)
    guard !program.isEmpty, program.count % 8 == 0 else { throw SetupProblem(errno: EINVAL, "the seccomp filter is not a BPF program") }
    try kernel("seccomp(2)") { program.withUnsafeBytes { clinux_seccomp_load($0.baseAddress, $0.count / 8, 0) } }
  }
}
