import StackModel

extension UpPlan {
  /// Which of the containers that go must go before anything new is made.
  mutating func chooseEarly() {
    early = Set(departures.map(\.container.id))
    var names: [String: ContainerID?] = [:]
    // The replicas of a service share its ports.
    var ports: [HostPort: Set<ServiceName>] = [:]
    for replica in replicas.values.joined() {
      if replica.isMade { names.updateValue(replica.current?.id, forKey: replica.spec.name) }
      if replica.isKept { continue }
      for port in replica.spec.options.hostPorts { ports[port, default: []].insert(replica.spec.service) }
    }
    // Services that go on while their containers are replaced: those bound to them follow afterwards.
    var continuous: Set<ServiceName> = []
    for service in graph.order {
      let mine = replicas[service] ?? []
      let isBound = (graph.dependencies[service] ?? []).contains { edge in
        edge.dependency.restart && !continuous.contains(edge.service) && (replicas[edge.service] ?? []).contains(where: \.isInterrupted)
      }
      defer { if goesOn(service, mine) { continuous.insert(service) } }
      for replica in mine {
        guard let current = replica.current, replica.isInterrupted else { continue }
        if case .restart = replica.fate, isBound || !current.spec.options.namespaceOwners.isEmpty { early.insert(current.id) }
        guard case .recreate = replica.fate else { continue }
        let isOnChangedNetwork =
          current.spec.options.networkNames.contains { networkChanges[$0] != nil } || keepsChangedNetwork(replica)
        let isNameTaken = names[current.spec.name].map { $0 != current.id } ?? false
        let isPortTaken = current.heldPorts.contains { !(ports[$0] ?? []).isSubset(of: [service]) }
        let isSharer = current.spec.options.namespaceOwners.contains { (replicas[$0] ?? []).contains { !$0.isKept } }
        if isBound || isSharer || isOnChangedNetwork || isNameTaken || isPortTaken { early.insert(current.id) }
      }
    }
  }

  /// Whether every container that is replaced is succeeded by one that was started before.
  private func goesOn(_ name: ServiceName, _ mine: [Replica]) -> Bool {
    guard options.starts, let service = stack.services[name],
      RolloutRules(service, isRollback: options.isRollback == true)?.startsFirst == true
    else { return false }
    return mine.allSatisfy { replica in
      guard replica.isInterrupted else { return true }
      guard case .recreate = replica.fate, let current = replica.current, current.isUp, !early.contains(current.id) else { return false }
      return obstacle(to: replica, beside: current) == nil
    }
  }

  /// Stops and removes what must go early, dependants before what they need.
  mutating func addEarlyStops() {
    // Orphans are not in the order; nothing is known to need them.
    for (container, reasons) in departures where stack.services[container.spec.service] == nil {
      addEarlyStop(container, reasons, isRemoved: true, waitsForDependants: false)
    }
    var leaving = Dictionary(grouping: departures, by: \.container.spec.service)
    for name in graph.order.reversed() {
      for (container, reasons) in leaving.removeValue(forKey: name) ?? [] {
        addEarlyStop(container, reasons, isRemoved: true, waitsForDependants: true)
      }
      for replica in replicas[name] ?? [] {
        guard let current = replica.current, early.contains(current.id) else { continue }
        addEarlyStop(current, replica.reasons, isRemoved: replica.isMade, waitsForDependants: true)
      }
    }
  }

  private mutating func addEarlyStop(_ container: ObservedContainer, _ reasons: [Reason], isRemoved: Bool, waitsForDependants: Bool) {
    let name = container.spec.service
    var after: Set<Int> = []
    if waitsForDependants { for dependant in graph.dependants[name] ?? [] { after.formUnion(stopSteps[dependant] ?? []) } }
    if container.isUp {
      let stop = steps.add(.stopContainer(name: container.spec.name, id: container.id, timeout: options.timeout), reasons, after: after)
      stopSteps[name, default: []].insert(stop)
      earlyStops[container.id] = stop
      after = [stop]
      for owner in container.spec.options.namespaceOwners { freedOwners[owner, default: []].insert(stop) }
      for port in container.heldPorts { freedPorts[port, default: []].insert(stop) }
    }
    guard isRemoved else { return }
    let removal = steps.add(.removeContainer(name: container.spec.name, id: container.id, volumes: false), reasons, after: after)
    earlyRemovals[container.id] = removal
    freedNames[container.spec.name] = removal
  }
}

extension ContainerOptions {
  /// The ports of the host that it asks for by number.
  var hostPorts: [UpPlan.HostPort] {
    ports.compactMap { port in port.published.map { UpPlan.HostPort(port: $0, transport: port.transport) } }
  }
}

extension ObservedContainer {
  /// The ports of the host that it holds while it is up, chosen ones included.
  var heldPorts: [UpPlan.HostPort] {
    guard isUp else { return [] }
    return (ports + spec.options.ports).compactMap { port in port.published.map { UpPlan.HostPort(port: $0, transport: port.transport) } }
  }
}
