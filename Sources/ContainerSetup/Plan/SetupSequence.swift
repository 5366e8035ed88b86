import LinuxKit
import OCI
import ShimProtocol
import StackModel

/// The order in which a container makes itself. Each part is one list; their order is what matters:
///
/// * mounts whose source is the host's come before `pivotRoot`, those whose source is the container's own after it;
/// * `/proc/sys` is set after the network exists, and before paths are hidden and the root becomes read-only;
/// * what needs the host's root comes before a user namespace of the container's own is entered, and everything else after it;
/// * identity comes last, see `identitySteps`.
struct SetupSequence {
  var steps: [SetupStep] = []

  init(
    inputs: ContainerInputs, spec: RuntimeSpec, mounts: ContainerMounts, capabilities: CapabilitySet, slots: SlotTable
  ) throws(SetupError) {
    steps += isolation(inputs, spec, slots)
    if let slot = slots[.root] {
      steps.append(.attachRoot(slot: slot))
    } else {
      steps.append(
        .overlayRoot(
          directory: inputs.root.directory, lower: inputs.root.lower, upper: inputs.root.upper, work: inputs.root.work, attributes: []))
    }
    steps += mountSteps(inputs, spec, mounts, slots)
    steps.append(.pivotRoot)
    steps += try grantSteps(inputs, slots: slots)
    if spec.process.cwd != "/" { steps.append(.makeDirectory(target: spec.process.cwd, mode: 0o755)) }
    let speaksIPv6 = inputs.interfaces.contains(where: hasIPv6Address)
    // What is made later has it off from its first moment.
    if ownsNetwork(inputs.options), inputs.host.hasIPv6 { steps.append(speaksIPv6 ? withoutAdvertisements : withoutIPv6("default")) }
    steps.append(.awaitStart)
    steps += networkSteps(inputs)
    for (name, value) in (spec.linux.sysctl ?? [:]).sorted(by: { $0.key < $1.key }) { steps.append(.sysctl(name: name, value: value)) }
    for interface in inputs.interfaces {
      for (name, value) in interface.sysctls.sorted(by: { $0.key < $1.key }) { steps.append(.sysctl(name: name, value: value)) }
    }
    for path in spec.linux.readonlyPaths ?? [] { steps.append(.protect(target: path)) }
    for path in spec.linux.maskedPaths ?? [] { steps.append(.mask(target: path)) }
    if inputs.options.isReadOnly { steps.append(.remount(target: "/", attributes: .readOnly, isRecursive: false)) }
    steps += processSteps(
      spec.process, groups: inputs.options.groups, capabilities: capabilities, seccomp: slots[.seccomp], isRemapped: inputs.users != nil)
  }
}

/// Cgroup, namespaces, names.
private func isolation(_ inputs: ContainerInputs, _ spec: RuntimeSpec, _ slots: SlotTable) -> [SetupStep] {
  var steps: [SetupStep] = []
  if inputs.cgroupCount > 0 { steps.append(.joinCgroups) }
  if let entry = userEntry(inputs, slots) { steps += rootSteps(spec.process, inputs.host.hardLimit) + [entry] }
  if inputs.options.usesHostCgroup != true { steps.append(.unshareCgroup) }
  steps.append(.isolateMounts)
  if let name = spec.hostname { steps.append(.setHostname(name)) }
  if let name = spec.domainname { steps.append(.setDomainname(name)) }
  steps.append(.newSession)
  return steps
}

/// What the container finds of its own network.
private func networkSteps(_ inputs: ContainerInputs) -> [SetupStep] {
  guard ownsNetwork(inputs.options) else { return [] }
  var steps: [SetupStep] = [.interfaceUp(name: "lo")]
  if inputs.rejoinsNetwork { return steps }
  for interface in inputs.interfaces {
    steps.append(
      .configureInterface(origin: interface.origin, name: interface.name, addresses: interface.addresses, mtu: interface.mtu))
    // Beside one that has addresses of IPv6.
    if inputs.host.hasIPv6, !hasIPv6Address(interface), inputs.interfaces.contains(where: hasIPv6Address) {
      steps.append(withoutIPv6(interface.name))
    }
  }
  for gateway in [inputs.gateway, inputs.gateway6].compactMap({ $0 }) { steps.append(.defaultRoute(gateway: gateway)) }
  if let name = inputs.routingInterface { steps.append(.routeByInterface(name: name, isIPv6: false)) }
  if let name = inputs.routingInterface6 { steps.append(.routeByInterface(name: name, isIPv6: true)) }
  return steps
}

private func hasIPv6Address(_ interface: ContainerInterface) -> Bool { interface.addresses.contains { $0.contains(":") } }

/// As Docker: an interface of a network without IPv6 speaks none, not even with its neighbours.
private func withoutIPv6(_ interface: String) -> SetupStep { .sysctl(name: "net/ipv6/conf/\(interface)/disable_ipv6", value: "1") }

/// No neighbour tells a container where its routes lead (CVE-2020-13401).
private let withoutAdvertisements = SetupStep.sysctl(name: "net/ipv6/conf/default/accept_ra", value: "0")

/// What only the host's root may do, on the way into another user namespace: limits are raised here and set where they are for everybody.
func rootSteps(_ process: RuntimeSpec.Process, _ hardLimit: (Int32) -> UInt64) -> [SetupStep] {
  var steps: [SetupStep] = []
  for limit in process.rlimits ?? [] {
    guard let number = resourceNumber(limit.type), limit.hard > hardLimit(number) else { continue }
    steps.append(.resourceLimit(resource: number, soft: limit.hard, hard: limit.hard))
  }
  if let adjustment = process.oomScoreAdj { steps.append(.oomScoreAdjust(adjustment)) }
  return steps
}

/// From a process that is in its place to the user's program; the same for `exec`.
func processSteps(
  _ process: RuntimeSpec.Process, groups: [String], capabilities: CapabilitySet, seccomp: Int?, appears: Bool = false, isRemapped: Bool
) -> [SetupStep] {
  var steps: [SetupStep] = [.newKeyring, .umask(process.user.umask ?? 0o022)]
  for limit in process.rlimits ?? [] {
    guard let number = resourceNumber(limit.type) else { continue }
    steps.append(.resourceLimit(resource: number, soft: limit.soft, hard: limit.hard))
  }
  if !isRemapped, let adjustment = process.oomScoreAdj { steps.append(.oomScoreAdjust(adjustment)) }
  // For the next execve, which is the program's.
  if let profile = process.apparmorProfile { steps.append(.appArmor(profile: profile)) }
  let hasTerminal = process.terminal == true
  if hasTerminal { steps.append(appears ? .terminalStreams : .controllingTerminal) }
  steps.append(.workingDirectory(target: process.cwd, createsMissing: false))
  steps += identitySteps(process, groups: groups, capabilities: capabilities, seccomp: seccomp)
  if appears {
    // What is a process's own, and not inherited from the one that prepares it.
    steps.removeAll { $0 == .dieWithParent }
    steps += [.appear, .newSession] + (hasTerminal ? [.controllingTerminal] : []) + [.dieWithParent]
  }
  steps.append(.execute(arguments: process.args, environment: process.env))
  return steps
}

/// Who the process is. Loading a filter needs CAP_SYS_ADMIN or no_new_privs: without the latter it is loaded while the former is still there (runc's order,
/// `standard_init_linux.go`), with it as the very last, so that the filter sees the least of our own calls.
private func identitySteps(
  _ process: RuntimeSpec.Process, groups: [String], capabilities: CapabilitySet, seccomp: Int?
) -> [SetupStep] {
  let confined = process.noNewPrivileges == true
  var steps: [SetupStep] = [.boundingCapabilities(capabilities)]
  if let seccomp, !confined { steps.append(.seccomp(slot: seccomp)) }
  steps.append(.becomeUser(user: process.user.username ?? "0", groups: groups))
  steps.append(.capabilities(CapabilitySetup(effective: capabilities, permitted: capabilities)))
  // After the change of user, which would forget it.
  steps.append(.dieWithParent)
  if confined { steps.append(.noNewPrivileges) }
  if let seccomp, confined { steps.append(.seccomp(slot: seccomp)) }
  return steps
}
