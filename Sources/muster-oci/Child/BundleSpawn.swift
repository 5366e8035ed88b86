import CLinux
import ContainerSetup
import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup

/// A process to be made, with what it needs.
struct BundleSpawn {
  var plan: BundlePlan
  /// Namespaces to join.
  var joins: [(descriptor: SharedDescriptor, kind: Namespaces)] = []
  /// A process to join the namespaces of, and which.
  var enters: (process: SharedDescriptor, kinds: Namespaces)?
  var cgroups: [SharedDescriptor]
  /// For `plan.slots`.
  var slots: [SharedDescriptor]
  /// Descriptors from 3 on that are the program's.
  var preserved: Int32

  /// Forks. Returns the process's pid and the channel on which it tells how far it is.
  func start() throws(KernelError) -> (pid: Int32, channel: SharedDescriptor) {
    let channel = try UnixSocket.pair(keepsMessages: true).shared()
    // Children are made in a pid namespace; this process stays in its own and goes back. With a user namespace the child joins it from there.
    let isStaged = userEntry != nil && enters == nil
    let target =
      isStaged
      ? nil
      : enters.map { ($0.process, $0.kinds) }.flatMap { $0.1.contains(.pid) ? $0.0 : nil } ?? joins.first { $0.kind == .pid }?.descriptor
    let own = try target.map { (_) throws(KernelError) in try SharedDescriptor(Descriptor.open("/proc/self/ns/pid", O_RDONLY)) }
    if let target { try Namespaces.join(target.number, .pid) }
    let made: Result<Int32, KernelError>
    do throws(KernelError) { made = .success(try Process.clone(isStaged ? [] : plan.namespaces)) } catch { made = .failure(error) }
    if case .success(0) = made { run(channel.second) }
    if let own { try Namespaces.join(own.number, .pid) }
    let pid = try made.get()
    return (isStaged ? try accompanyIntoUsers(pid, channel.first, userEntry?.ranges) : pid, channel.first)
  }

  private var userEntry: UserEntry? {
    plan.steps.lazy.compactMap { if case .setup(let step) = $0 { step.userEntry } else { nil } }.first
  }

  /// The child. One thread, a copy of everything: leaves what is not its own, then goes along the steps.
  private func run(_ channel: SharedDescriptor) -> Never {
    clinux_reset_signals()
    // Nobody of the container looks into this process before it is the container's program (CVE-2016-9962).
    _ = clinux_prctl(Int32(CLINUX_PR_SET_DUMPABLE), 0, 0, 0, 0)
    var interpreter = BundleInterpreter(slots: slots, cgroups: cgroups, channel: channel)
    var index = 0
    do {
      let own = slots + cgroups + joins.map(\.descriptor) + [channel] + [enters?.process].compactMap { $0 }
      closeDescriptors(except: own.map(\.number) + (0..<preserved).map { $0 + 3 })
      for number in 0..<preserved { _ = clinux_fcntl(number + 3, F_SETFD, 0) }
      if userEntry == nil {
        if let enters { try Namespaces.join(enters.process.number, enters.kinds.subtracting(.pid)) }
        for join in joins where join.kind != .pid { try Namespaces.join(join.descriptor.number, join.kind) }
      }
      while index < plan.steps.count {
        if case .setup(.enterUsers(let entry)) = plan.steps[index] {
          try enter(entry, channel)
        } else {
          try interpreter.carryOut(plan.steps[index])
        }
        index += 1
      }
      throw SetupProblem(errno: EINVAL, "there is no program to run")
    } catch let problem as SetupProblem {
      Self.fail(interpreter.channel, index, problem.errno, problem.detail)
    } catch let error as KernelError {
      Self.fail(interpreter.channel, index, error.errno, error.description)
    } catch {
      Self.fail(interpreter.channel, index, EINVAL, "\(error)")
    }
  }

  /// Into a user namespace, and from there into the others.
  private func enter(_ entry: UserEntry, _ channel: SharedDescriptor) throws {
    switch entry.way {
    case .make: try enterNewUsers(channel)
    case .join(let slot):
      guard slots.indices.contains(slot) else { throw SetupProblem(errno: EBADF, "there is no descriptor in slot \(slot)") }
      try Namespaces.join(slots[slot].number, .user)
    case .follow: if let enters { try Namespaces.join(enters.process.number, enters.kinds.subtracting(.pid)) }
    }
    try becomeUsersRoot()
    if enters != nil { return }
    for join in joins { try Namespaces.join(join.descriptor.number, join.kind) }
    try goOnAsSibling(plan.namespaces, channel)
  }

  private static func fail(_ channel: SharedDescriptor, _ step: Int, _ error: Int32, _ detail: String) -> Never {
    _ = try? channel.descriptor.send(ChildMessage.failed(step: step, errno: error, detail: detail).bytes)
    _exit(127)
  }
}
