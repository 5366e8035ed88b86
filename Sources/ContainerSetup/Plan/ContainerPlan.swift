public import LinuxKit
public import OCI
public import ShimProtocol

/// How a container is made: what the shim does, and which descriptors it needs for that.
public struct ContainerPlan: Equatable, Sendable {
  /// The same as an OCI `config.json`, without the parts OCI has no word for (secrets, late user look-up).
  public var runtimeSpec: RuntimeSpec
  /// Made by `clone3`. The cgroup namespace is not among them: the step `unshareCgroup` makes it, after the cgroup is joined.
  public var namespaces: Namespaces
  public var joinSlots: [Int]
  public var cgroupSlots: [Int]
  public var steps: [SetupStep]
  /// Descriptor `i` of the request is for `slots[i]`.
  public var slots: [Slot]
  /// For the container's control group.
  public var limits: ResourceLimits
  /// The capabilities that the container has, for compiling its seccomp filter.
  public var capabilities: CapabilitySet
  /// What the container gets less of than it asks for, in words for the user.
  public var warnings: [String]

  /// The profile that its filter is compiled from; nil for the default one.
  public var seccomp: RuntimeSpec.Seccomp? { runtimeSpec.linux.seccomp }
}

/// What a descriptor that goes to the shim is.
public enum Slot: Equatable, Sendable {
  /// The `cgroup.procs` files of the container's control group, by index.
  case cgroupProcs(Int)
  /// The network namespace to join.
  case network
  /// The pid namespace to join.
  case pid
  /// The IPC namespace to join.
  case ipc
  /// The mount namespace of the container whose IPC namespace is joined: its /dev/shm is bound.
  case sharedMemory
  /// The BPF program for `ContainerPlan.capabilities`, or of `ContainerPlan.seccomp`.
  case seccomp
  /// The content of `options.secrets[i]`.
  case secret(Int)
  /// The content of `options.configs[i]`.
  case config(Int)
  /// The reaper, for `init: true`: an `O_PATH` descriptor of the program's file.
  case initProgram
  /// `volume.subpath`: an `O_PATH` descriptor of `subpath` in the directory `volume`, resolved so that it cannot lead out
  /// (`RootedDirectory(path: volume).locate(subpath)`).
  case subpath(volume: String, subpath: String)
  /// The overlay of `inputs.root` as a detached mount, its owners counted by the numbers of the container's user namespace (`overlayView`).
  case root
  /// The user namespace to join.
  case users
  /// A detached copy of the mount at `path`, or of `subpath` in it (as in `subpath`), its owners counted by the numbers of the container's
  /// user namespace (`mappedMount`).
  case mapped(path: String, subpath: String?, isRecursive: Bool)
  /// A detached tmpfs for secrets and configs with these options: with a user namespace of its own the container cannot have one that is
  /// kept out of swap.
  case grants(options: [String])
  /// A detached mount of the image, or of its `subpath`, that the mount with this `target` asks for.
  case image(target: String)
}

/// Decides how a container is made. Pure, but for the look-ups in `inputs.host`.
///
/// Throws when the specification asks for something impossible, forbidden or unknown.
public func containerPlan(_ inputs: ContainerInputs) throws(SetupError) -> ContainerPlan {
  try checkUserNamespace(inputs.options)
  let capabilities = try chosenCapabilities(inputs.options, host: inputs.host)
  let mounts = try ContainerMounts(inputs)
  let spec = try runtimeSpec(inputs, mounts: mounts, capabilities: capabilities)
  let slots = SlotTable(inputs, mounts: mounts)
  try checkDescriptorCount(slots)
  let steps = try SetupSequence(inputs: inputs, spec: spec, mounts: mounts, capabilities: capabilities, slots: slots)
  var namespaces = newNamespaces(inputs.options)
  if inputs.rejoinsNetwork { namespaces.remove(.network) }
  return ContainerPlan(
    runtimeSpec: spec, namespaces: namespaces, joinSlots: slots.indices { [.network, .pid, .ipc].contains($0) },
    cgroupSlots: slots.cgroups, steps: steps.steps, slots: slots.slots,
    limits: try resourceLimits(spec.linux.resources ?? RuntimeSpec.Resources()), capabilities: capabilities,
    warnings: try WithinReach(inputs.options, host: inputs.host).warnings)
}
