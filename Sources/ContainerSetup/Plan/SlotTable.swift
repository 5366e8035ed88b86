import StackModel

/// Numbers the descriptors that a plan needs.
struct SlotTable {
  private(set) var slots: [Slot] = []

  init(_ inputs: ContainerInputs, mounts: ContainerMounts) {
    slots = (0..<inputs.cgroupCount).map { .cgroupProcs($0) }
    if inputs.users != nil {
      slots.append(.root)
      if inputs.joinsUsers { slots.append(.users) }
    }
    if joinsNetwork(inputs.options) || inputs.rejoinsNetwork { slots.append(.network) }
    if inputs.options.pidOwner != nil { slots.append(.pid) }
    if ipcOwner(inputs.options) != nil { slots.append(.ipc) }
    if usesSeccomp(inputs.options) { slots.append(.seccomp) }
    slots += inputs.options.secrets.indices.map { .secret($0) }
    slots += inputs.options.configs.indices.map { .config($0) }
    if mounts.slotSources.values.contains(.initProgram) { slots.append(.initProgram) }
    for (_, slot) in mounts.slotSources.sorted(by: { $0.key < $1.key }) where !slots.contains(slot) { slots.append(slot) }
  }

  /// For a process that is added to a running container.
  init(execOf inputs: ContainerInputs) {
    slots = (0..<inputs.cgroupCount).map { .cgroupProcs($0) }
    if usesSeccomp(inputs.options) { slots.append(.seccomp) }
  }

  /// The number of a slot.
  subscript(_ slot: Slot) -> Int? { slots.firstIndex(of: slot) }

  func indices(where matches: (Slot) -> Bool) -> [Int] { slots.indices.filter { matches(slots[$0]) } }

  /// The numbers of the `cgroup.procs` descriptors.
  var cgroups: [Int] {
    indices {
      if case .cgroupProcs = $0 { true } else { false }
    }
  }
}
