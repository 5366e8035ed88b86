import OCI
import StackModel

extension UpPlan {
  /// What happens to each container, looked at alone.
  mutating func decideFates() throws(PlanningError) {
    for name in graph.order {
      guard let service = stack.services[name] else { continue }
      if selected.contains(name) {
        try decideFates(of: service)
      } else {
        let bystanders = (existing[name] ?? []).compactMap(bystander)
        if !bystanders.isEmpty { replicas[name] = bystanders }
      }
    }
  }

  private mutating func decideFates(of service: Service) throws(PlanningError) {
    let wanted = try scale(of: service)
    let found = existing[service.name] ?? []
    var byNumber: [Int: ObservedContainer] = [:]
    let wantedName = service.containerName
    for container in found {
      let number = container.spec.number
      // Two with one number are left over from a mishap: the one with the right name stays.
      guard let other = byNumber[number], number <= wanted else {
        byNumber[number] = container
        continue
      }
      let name = wantedName ?? "\(project)-\(service.name)-\(number)"
      let (stays, goes) = container.spec.name == name ? (container, other) : (other, container)
      byNumber[number] = stays
      departures.append((goes, [.undeclared]))
    }
    for container in found where container.spec.number > wanted || container.spec.number < 1 {
      departures.append((container, [.scaled(from: found.count, to: wanted)]))
    }
    guard wanted > 0 else {
      replicas[service.name] = []
      return
    }
    let highest = found.last?.spec.number ?? 0
    replicas[service.name] = (1...wanted).map { number in
      let spec = service.container(number, of: project)
      guard let current = byNumber[number] else {
        let reason: Reason = number <= highest || found.isEmpty ? .absent : .scaled(from: found.count, to: wanted)
        return Replica(spec: spec, current: nil, fate: .create([reason]), starts: options.starts)
      }
      return replica(spec, current, service)
    }
  }

  private mutating func replica(_ spec: ContainerSpec, _ current: ObservedContainer, _ service: Service) -> Replica {
    var spec = spec
    // An image that is asked for by its id, as an earlier version's is, is the same under every name.
    let isSameImage = spec.image == current.imageID.description
    if isSameImage { spec.image = current.spec.image }
    var kept = Replica(spec: current.spec, current: current, fate: .keep, starts: options.starts)
    if !options.noRecreate {
      let changes = current.spec.changes(to: spec)
      let parts = ChangeParts(changes, from: current.spec, to: spec)
      let canRenew = parts.contents.isEmpty || (spec.options.onSecretChange != nil && current.state == .running)
      let others = otherReasons(spec, current, isSameImage: isSameImage)
      if !parts.recreate.isEmpty || !canRenew || !others.isEmpty {
        let changed: [Reason] = changes.isEmpty ? [] : [.changed(changes)]
        let asked = others.prefix { if case .requested = $0 { true } else { false } }
        return Replica(
          spec: spec, current: current, fate: .recreate(asked + changed + others.dropFirst(asked.count)), starts: options.starts)
      }
      if !changes.isEmpty { kept.spec = spec }
      kept.updates = parts.inPlace
      if !parts.contents.isEmpty {
        kept.fate = .renew([.changed(parts.contents)])
        return kept
      }
    }
    switch current.state {
    case .running: break
    case .paused:
      notes.append("\(current.spec.name) is paused and stays so")
    case .exited where isDone(current, service):
      notes.append("\(current.spec.name) has done its work and is not run again")
      kept.isDone = true
    // One that waits for its next restart is not what was asked for either, and is not waited for.
    case .created, .exited, .dead, .restarting:
      if options.starts { kept.fate = .start([.stopped(exitCode: current.exitCode)]) }
    }
    return kept
  }

  /// Whether a container has done its work: it has ended well, by itself or for those who wait for its end, and nobody asks for it by name.
  /// One that is there to be reached never has.
  private func isDone(_ current: ObservedContainer, _ service: Service) -> Bool {
    guard current.hasSucceeded, service.runsOnce, options.runsAgain != true, !options.services.contains(service.name) else { return false }
    if jobs.contains(service.name) { return true }
    return current.wasStopped != true && !service.hasHealthcheck && service.options.ports.isEmpty && !servers.contains(service.name)
  }

  /// Why a container must be made anew although no field of it changes.
  private func otherReasons(_ spec: ContainerSpec, _ current: ObservedContainer, isSameImage: Bool) -> [Reason] {
    var reasons: [Reason] = current.state == .dead ? [.lost] : []
    if options.forceRecreate, options.services.isEmpty || options.services.contains(spec.service) {
      reasons.append(.requested("--force-recreate"))
    } else if options.recreatesDependencies == true, !options.services.isEmpty, !options.services.contains(spec.service) {
      reasons.append(.requested("--always-recreate-deps"))
    }
    if rebuilt.contains(spec.image) {
      reasons.append(.imageBuilt)
    } else if !isSameImage, let image = observed.images[spec.image], image != current.imageID, current.spec.image == spec.image {
      reasons.append(.imageMoved(from: current.imageID, to: image))
    }
    reasons += networkReasons(spec.options) ?? networkReasons(current.spec.options) ?? []
    return reasons
  }

  /// A port of the host that moves from one container to another cannot be given up and taken while both go on: whoever has to do with it is made anew.
  mutating func recreateWherePortsMove() {
    var wanted: [HostPort: Set<String>] = [:]
    for replica in replicas.values.joined() {
      for port in replica.spec.options.hostPorts { wanted[port, default: []].insert(replica.spec.name) }
    }
    var held: [HostPort: Set<String>] = [:]
    for container in observed.containers { for port in container.heldPorts { held[port, default: []].insert(container.spec.name) } }
    for (service, mine) in replicas {
      for (index, replica) in mine.enumerated() where replica.updates.contains(where: { $0.path == "ports" }) {
        guard let current = replica.current else { continue }
        let others = Set([replica.spec.name])
        let moves =
          replica.spec.options.hostPorts.contains { !(held[$0] ?? []).subtracting(others).isEmpty }
          || current.heldPorts.contains { !(wanted[$0] ?? []).subtracting(others).isEmpty }
        if moves { replicas[service]?[index].mustRecreate() }
      }
    }
  }

  /// The changes of the networks that a container is on; nil when none changes.
  private func networkReasons(_ options: ContainerOptions) -> [Reason]? {
    guard !networkChanges.isEmpty else { return nil }
    let changes = options.networkNames.flatMap { networkChanges[$0] ?? [] }
    return changes.isEmpty ? nil : [.changed(changes)]
  }

  /// A running container of a service that was not asked for: made anew as it is when its network is.
  private func bystander(_ container: ObservedContainer) -> Replica? {
    guard container.isUp, let reasons = networkReasons(container.spec.options) else { return nil }
    return Replica(spec: container.spec, current: container, fate: .recreate(reasons), starts: options.starts)
  }

  /// What the fate of one container does to those bound to it: sharers of its namespaces and volumes, and `depends_on` with `restart: true`.
  mutating func bindFates() {
    for name in graph.order {
      guard let service = stack.services[name] else { continue }
      let (owners, volumeOwners) = (service.options.namespaceOwners, service.options.volumeOwners)
      var mine = replicas[name] ?? (owners.isEmpty ? [] : runningBystanders(name))
      for edge in graph.dependencies[name] ?? [] {
        let theirs = replicas[edge.service] ?? []
        let isReplaced = theirs.contains { if case .recreate = $0.fate { true } else { false } }
        let isInterrupted = theirs.contains(where: \.isInterrupted)
        let begins = theirs.contains { !$0.isKept }
        for index in mine.indices {
          let isBound = owners.contains(edge.service) && !staysInNetwork(mine[index], of: edge.service)
          if isReplaced, !options.noRecreate, isBound || volumeOwners.contains(edge.service) {
            mine[index].mustRecreate(.dependency(edge.service))
          } else if isBound, begins, options.starts {
            mine[index].mustRestart(.dependency(edge.service))
          } else if edge.dependency.restart, isInterrupted, options.starts {
            mine[index].mustRestart(.dependency(edge.service))
          }
        }
      }
      if case .service(let owner) = service.options.network, options.starts {
        for index in mine.indices where keepsChangedNetwork(mine[index]) { mine[index].mustRestart(.dependency(owner)) }
      }
      if replicas[name] != nil || mine.contains(where: \.isInterrupted) { replicas[name] = mine }
    }
  }

  /// The running containers of a service that was not asked for, which stay as they are unless something that they are bound to does not.
  func runningBystanders(_ name: ServiceName) -> [Replica] {
    (existing[name] ?? []).filter(\.isUp).map { Replica(spec: $0.spec, current: $0, fate: .keep, starts: options.starts) }
  }

  /// Containers of services that are in the file no more.
  mutating func addOrphans() throws(PlanningError) {
    var left: [String] = []
    for container in observed.containers {
      let name = container.spec.service
      let isDeclared = stack.services[name] != nil || stack.disabledServices[name] != nil
      guard container.spec.isOneOff ? !container.isUp && !isRun(container) : !isDeclared else { continue }
      if options.removeOrphans {
        departures.append((container, [.undeclared]))
      } else if !container.spec.isOneOff {
        left.append(container.spec.name)
      }
    }
    for (old, new) in renamedServices {
      notes.append(
        "service \(old) seems to be renamed to \(new): it is in the stack file no more, and \(new) is new and like it. "
          + (options.removeOrphans ? "Its containers are removed" : "Its containers stay; to remove them: --remove-orphans"))
    }
    if !left.isEmpty, options.ignoresOrphans != true {
      notes.append(
        "Found orphan containers ([\(left.joined(separator: " "))]) for this project. If you removed or renamed this service in your compose file, "
          + "you can run this command with the --remove-orphans flag to clean it up.")
    }
    try checkLeftOnChangedNetworks()
  }
}

extension Replica {
  fileprivate mutating func mustRecreate(_ reason: Reason? = nil) {
    let known: [Reason]
    switch fate {
    case .create: return
    case .keep, .start: known = []
    case .renew(let reasons), .restart(let reasons), .recreate(let reasons): known = reasons
    }
    let changed: [Reason] = updates.isEmpty ? [] : [.changed(updates)]
    updates = []
    fate = .recreate(reason.map { (changed + known).adding($0) } ?? changed + known)
  }

  fileprivate mutating func mustRestart(_ reason: Reason) {
    switch fate {
    case .keep where current?.isUp == true: fate = .restart([reason])
    // A start reads the new contents anyway.
    case .renew(let reasons), .restart(let reasons): fate = .restart(reasons.adding(reason))
    case .recreate(let reasons): fate = .recreate(reasons.adding(reason))
    case .keep, .start, .create: break
    }
  }
}

extension [Reason] {
  fileprivate func adding(_ reason: Reason) -> [Reason] { contains(reason) ? self : self + [reason] }
}
