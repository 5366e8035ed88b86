import StackModel

extension UpPlan {
  /// The steps of one service's containers, all of them at the same time.
  mutating func addContainers(of name: ServiceName) {
    let mine = replicas[name] ?? []
    let isBusy = mine.contains { !$0.isKept && ($0.starts || $0.isInterrupted) }
    var ready = isBusy ? prerequisites(of: name) : []
    // Whoever shares the network of a container that begins anew has let go of the old one by then.
    ready.formUnion(freedOwners[name] ?? [])
    for dependant in graph.dependants[name] ?? [] { ready.formUnion(stopSteps[dependant] ?? []) }
    for replica in addRollout(of: name, mine, ready: ready) { addSteps(of: replica, ready: ready) }
  }

  private mutating func addSteps(of replica: Replica, ready: Set<Int>) {
    let name = replica.spec.name
    let updated = addUpdate(of: replica)
    switch replica.fate {
    case .keep: break
    case .renew(let reasons):
      if let current = replica.current { steps.add(.renewFiles(name: name, id: current.id, spec: replica.spec), reasons, after: updated) }
    case .start(let reasons):
      addStart(replica, reasons, after: ready.union(updated).union(portsFreed(for: replica)))
    case .restart(let reasons):
      let stop = replica.current.flatMap { earlyStops[$0.id] }
      if stop == nil, let current = replica.current, current.isUp {
        let restart = steps.add(
          .restartContainer(name: name, id: current.id, timeout: options.timeout), reasons, after: ready.union(updated))
        startSteps[replica.spec.service, default: []].insert(restart)
        break
      }
      addStart(replica, reasons, after: ready.union(updated).union(stop.map { [$0] } ?? []))
    case .create(let reasons):
      var after = resources(of: replica)
      if let freed = freedNames[name] { after.insert(freed) }
      let made = steps.add(.createContainer(replica.spec, anonymousVolumes: [:]), reasons, after: after)
      createSteps[replica.spec.service, default: []].insert(made)
      if replica.starts { addStart(replica, reasons, after: ready.union([made])) }
    case .recreate(let reasons):
      guard let current = replica.current else { return }
      var after = resources(of: replica)
      let removal = earlyRemovals[current.id] ?? addLateRemoval(current, reasons, ready: ready.union(imageStep(of: replica)))
      after.insert(removal)
      if let freed = freedNames[name] { after.insert(freed) }
      let made = steps.add(
        .createContainer(replica.spec, anonymousVolumes: keptVolumes(of: current, in: replica.spec)), reasons, after: after)
      createSteps[replica.spec.service, default: []].insert(made)
      if replica.starts { addStart(replica, reasons, after: ready.union([made])) }
    }
  }

  /// Changes in place, once the networks are there that it is to be on. A container that is to start again is changed while it does not run.
  private mutating func addUpdate(of replica: Replica) -> Set<Int> {
    guard let current = replica.current, !replica.updates.isEmpty else { return [] }
    let spec = replica.spec.withContents(of: current.spec)
    var after = portsFreed(for: replica)
    for name in spec.options.networkNames { if let step = networkSteps[name] { after.insert(step) } }
    if let stop = earlyStops[current.id] { after.insert(stop) }
    let step = steps.add(.updateContainer(name: spec.name, id: current.id, spec: spec), [.changed(replica.updates)], after: after)
    if replica.isKept { startSteps[spec.service, default: []].insert(step) }
    return [step]
  }

  private mutating func addStart(_ replica: Replica, _ reasons: [Reason], after: Set<Int>) {
    startSteps[replica.spec.service, default: []].insert(steps.add(.startContainer(name: replica.spec.name), reasons, after: after))
  }

  /// Stops the old container when all is ready for the new one.
  mutating func addLateRemoval(_ current: ObservedContainer, _ reasons: [Reason], ready: Set<Int>) -> Int {
    var after = ready
    if current.isUp {
      after = [steps.add(.stopContainer(name: current.spec.name, id: current.id, timeout: options.timeout), reasons, after: after)]
    }
    return steps.add(.removeContainer(name: current.spec.name, id: current.id, volumes: false), reasons, after: after)
  }

  /// What must be there before a container can be made.
  func resources(of replica: Replica) -> Set<Int> {
    var after = imageStep(of: replica).union(portsFreed(for: replica))
    for name in replica.spec.options.networkNames { if let step = networkSteps[name] { after.insert(step) } }
    // Whose volumes it takes over must be there, with its volumes.
    for name in replica.spec.options.volumeOwners { after.formUnion(createSteps[name] ?? []) }
    for name in replica.spec.options.volumeNames { if let step = volumeSteps[name] { after.insert(step) } }
    return after
  }

  func imageStep(of replica: Replica) -> Set<Int> { imageSteps[replica.spec.image].map { [$0] } ?? [] }

  private func portsFreed(for replica: Replica) -> Set<Int> {
    guard !freedPorts.isEmpty else { return [] }
    return replica.spec.options.hostPorts.reduce(into: []) { $0.formUnion(freedPorts[$1] ?? []) }
  }

  /// The old container's anonymous volumes that the new one takes over.
  func keptVolumes(of current: ObservedContainer, in spec: ContainerSpec) -> [String: VolumeName] {
    guard !options.renewAnonymousVolumes else { return [:] }
    let named = Set(spec.options.mounts.lazy.filter { $0.source != .anonymousVolume }.map(\.target))
    return current.anonymousVolumes.filter { !named.contains($0.key) }
  }

  /// The steps after which a service's containers may start: those of the services that it depends on, and the waits for their conditions.
  private mutating func prerequisites(of name: ServiceName) -> Set<Int> {
    guard options.starts else { return [] }
    var after: Set<Int> = []
    for edge in graph.dependencies[name] ?? [] {
      guard let theirs = replicas[edge.service], !theirs.isEmpty else { continue }
      switch edge.dependency.condition {
      case .started: after.formUnion(startSteps[edge.service] ?? [])
      case .healthy, .completed:
        let wait = Wait(service: edge.service, condition: edge.dependency.condition, isRequired: edge.dependency.isRequired)
        if let step = addWait(wait, theirs, [.neededBy(name)]) { after.insert(step) }
      }
    }
    return after
  }

  /// A step that waits, shared by all who wait for the same; nil when what is waited for is already so.
  private mutating func addWait(_ wait: Wait, _ theirs: [Replica], _ reasons: [Reason]) -> Int? {
    if let known = waitSteps[wait] { return known }
    let isMet = theirs.allSatisfy { replica in
      guard replica.isKept, !replica.changesHealthcheck, let current = replica.current else { return false }
      if replica.isDone { return true }
      return switch wait.condition {
      case .started: current.state == .running && current.health != .starting && current.health != .unhealthy
      case .healthy: current.state == .running && current.health == .healthy
      case .completed: current.hasSucceeded
      }
    }
    if isMet { return nil }
    let step = steps.add(
      .waitFor(service: wait.service, containers: theirs.map(\.spec.name), condition: wait.condition, isRequired: wait.isRequired),
      reasons, after: startSteps[wait.service] ?? [])
    waitSteps[wait] = step
    return step
  }

  /// `--wait`: every service up, healthy where it has a check, or done where it is a job that others wait for.
  mutating func addFinalWaits() {
    for name in graph.order where selected.contains(name) {
      guard let service = stack.services[name], let mine = replicas[name], !mine.isEmpty else { continue }
      let condition: Dependency.Condition =
        if jobs.contains(name), service.runsOnce { .completed } else if service.hasHealthcheck { .healthy } else { .started }
      let wait = Wait(service: name, condition: condition, isRequired: true)
      _ = addWait(wait, mine, [.requested("--wait")])
    }
  }
}
