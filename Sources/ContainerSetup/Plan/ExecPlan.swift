public import LinuxKit
public import OCI
public import ShimProtocol
import StackModel

/// What a further process in a running container asks for; nil and empty are as the container's own.
public struct ExecOptions: Equatable, Sendable {
  public var command: [String]
  /// Over the container's.
  public var environment: [String: String]
  public var user: String?
  public var workingDirectory: String?
  /// Every capability that the engine has; the container's filter stays, as Docker's.
  public var isPrivileged: Bool
  public var hasTerminal: Bool
  public init(
    command: [String], environment: [String: String] = [:], user: String? = nil, workingDirectory: String? = nil,
    isPrivileged: Bool = false,
    hasTerminal: Bool = false
  ) {
    self.command = command
    self.environment = environment
    self.user = user
    self.workingDirectory = workingDirectory
    self.isPrivileged = isPrivileged
    self.hasTerminal = hasTerminal
  }
}

/// How a process is added to a running container.
public struct ExecPlan: Equatable, Sendable {
  public var steps: [SetupStep]
  /// Descriptor `i` of the request is for `slots[i]`.
  public var slots: [Slot]
  public var cgroupSlots: [Int]
  /// The container's, for which the seccomp filter is compiled; also that of a privileged process.
  public var capabilities: CapabilitySet
  /// The container's own profile; nil for the default one.
  public var seccomp: RuntimeSpec.Seccomp?
}

/// Decides how a process joins the container that `inputs` describe: with its user, directory, limits, capabilities and filter unless told otherwise.
public func execPlan(_ inputs: ContainerInputs, _ exec: ExecOptions) throws(SetupError) -> ExecPlan {
  guard let program = exec.command.first, !program.isEmpty else { throw SetupError("exec: no command specified") }
  try checkNoNUL(exec.command, key: "exec")
  var inputs = inputs
  inputs.spec.options.environment.merge(exec.environment) { $1 }
  inputs.spec.options.hasTerminal = exec.hasTerminal
  if let user = exec.user, !user.isEmpty { inputs.spec.options.user = user }
  if let directory = exec.workingDirectory, !directory.isEmpty { inputs.spec.options.workingDirectory = directory }
  try checkIdentity(inputs)

  let own = try chosenCapabilities(inputs.options, host: inputs.host)
  let capabilities = exec.isPrivileged ? inputs.host.capabilities : own
  var process = RuntimeSpec.Process(
    inputs, arguments: exec.command, environment: try processEnvironment(inputs), capabilities: capabilities,
    reach: try WithinReach(inputs.options, host: inputs.host))
  if !exec.isPrivileged { process.apparmorProfile = try chosenAppArmor(inputs.options, host: inputs.host) }
  let slots = SlotTable(execOf: inputs)
  // Whoever may trace others sees no process that has anything of the shim's or the host's (CVE-2016-9962). In the host's pid namespace all see all.
  let canBeTraced = own.isSuperset(of: CapabilitySet(names: ["CAP_SYS_PTRACE"])) || inputs.options.pidOwner != nil
  let appears = canBeTraced && !inputs.options.usesHostPID
  var steps: [SetupStep] = inputs.cgroupCount > 0 ? [.joinCgroups] : []
  if let users = inputs.users {
    steps += rootSteps(process, inputs.host.hardLimit)
    // A /proc of its own cannot be had by a process that has left the host's users and not yet appeared among the container's processes.
    if let profile = process.apparmorProfile { steps.append(.appArmor(profile: profile)) }
    process.apparmorProfile = nil
    steps.append(.enterUsers(UserEntry(.follow, root: users.root)))
  }
  if !appears { steps.append(.newSession) }
  return ExecPlan(
    steps: steps
      + processSteps(
        process, groups: inputs.options.groups, capabilities: capabilities, seccomp: slots[.seccomp], appears: appears,
        isRemapped: inputs.users != nil),
    slots: slots.slots, cgroupSlots: slots.cgroups, capabilities: own,
    seccomp: ownSeccomp(inputs.options, capabilities: own, kernel: inputs.host.kernel))
}
