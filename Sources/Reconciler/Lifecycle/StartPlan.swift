import StackModel

extension Planner {
  /// `start`: containers that exist and do not run, of the services named and of what those need.
  func startPlan(_ names: [ServiceName]) throws(PlanningError) -> Plan {
    let graph = existingGraph
    for name in names {
      try checkKnown([name])
      guard containers.contains(where: { $0.spec.service == name }) else {
        throw PlanningError("service \"\(name)\" has no container to start", hint: "make one: muster up \(name)")
      }
    }
    let wanted = names.isEmpty ? [] : graph.closure(of: names).sorted()
    let groups = try chosen(wanted, in: graph)
    guard !groups.isEmpty else {
      throw PlanningError("the project \"\(project)\" has no containers to start", hint: "make them: muster up")
    }
    var starter = Starter(graph: graph)
    var unchanged: [String] = []
    for (service, containers) in groups {
      unchanged += containers.filter(\.isUp).map(\.spec.name)
      for container in containers where !container.isUp { starter.start(container, of: service, [.stopped(exitCode: container.exitCode)]) }
      starter.finish(service, containers)
    }
    return plan(starter.steps, unchanged: unchanged.sorted())
  }

  /// `restart`: the services named and, unless told otherwise, those that say `depends_on` with `restart: true`, dependencies first.
  func restartPlan(_ names: [ServiceName], timeout: Int?, noDependencies: Bool) throws(PlanningError) -> Plan {
    let graph = existingGraph
    try checkKnown(names)
    let named = Set(names)
    let byService = Dictionary(grouping: containers, by: \.spec.service)
    var reasons: [ServiceName: Reason] = [:]
    for name in graph.order {
      if named.isEmpty || named.contains(name) {
        reasons[name] = .requested("restart")
        continue
      }
      let owners = byService[name]?.first?.spec.options.namespaceOwners ?? []
      for edge in graph.dependencies[name] ?? [] where reasons[edge.service] != nil {
        let theirs = byService[edge.service]?.min { $0.spec.number < $1.spec.number }
        let stays =
          theirs.map { owner in byService[name]?.allSatisfy { $0.staysInNetwork(of: owner, becoming: owner.spec) } ?? false } ?? false
        if (owners.contains(edge.service) && !stays) || (edge.dependency.restart && !noDependencies) {
          reasons[name] = .dependency(edge.service)
        }
      }
    }
    let groups = try chosen(reasons.keys.sorted(), in: graph)
    guard !groups.isEmpty else {
      throw PlanningError("the project \"\(project)\" has no containers to restart", hint: "make them: muster up")
    }
    var starter = Starter(graph: graph)
    // Who shares a namespace lets go of it first.
    var stops: [ServiceName: Set<Int>] = [:]
    for (service, containers) in groups.reversed() {
      let owners = (containers.first?.spec.options.namespaceOwners ?? []).filter { reasons[$0] != nil }
      guard !owners.isEmpty, let reason = reasons[service] else { continue }
      for container in containers where container.isUp {
        let stop = starter.steps.add(
          .stopContainer(name: container.spec.name, id: container.id, timeout: timeout), [reason], after: stops[service] ?? [])
        for owner in owners { stops[owner, default: []].insert(stop) }
        starter.released[service, default: []].insert(stop)
      }
    }
    for (service, containers) in groups {
      let reason = reasons[service].map { [$0] } ?? []
      starter.released[service, default: []].formUnion(stops[service] ?? [])
      let isStopped = (containers.first?.spec.options.namespaceOwners ?? []).contains { reasons[$0] != nil }
      for container in containers {
        if container.isUp, !isStopped {
          starter.restart(container, of: service, timeout: timeout, reason)
        } else {
          starter.start(container, of: service, reason)
        }
      }
      starter.finish(service, containers)
    }
    return plan(starter.steps)
  }
}

/// Starts containers service by service, each after the conditions of its `depends_on`.
private struct Starter {
  let graph: ServiceGraph
  var steps = StepList()
  /// Stops that have to come before a service begins.
  var released: [ServiceName: Set<Int>] = [:]
  private var started: [ServiceName: Set<Int>] = [:]
  private var groups: [ServiceName: [ObservedContainer]] = [:]
  private var waits: [ServiceName: [Dependency: Int]] = [:]

  init(graph: ServiceGraph) { self.graph = graph }

  mutating func start(_ container: ObservedContainer, of service: ServiceName, _ reasons: [Reason]) {
    let ready = prerequisites(of: service)
    started[service, default: []].insert(steps.add(.startContainer(name: container.spec.name), reasons, after: ready))
  }

  mutating func restart(_ container: ObservedContainer, of service: ServiceName, timeout: Int?, _ reasons: [Reason]) {
    let ready = prerequisites(of: service)
    started[service, default: []].insert(
      steps.add(.restartContainer(name: container.spec.name, id: container.id, timeout: timeout), reasons, after: ready))
  }

  /// The service's containers have all been seen to.
  mutating func finish(_ service: ServiceName, _ containers: [ObservedContainer]) { groups[service] = containers }

  private mutating func prerequisites(of service: ServiceName) -> Set<Int> {
    var after = released[service] ?? []
    for edge in graph.dependencies[service] ?? [] {
      let starts = started[edge.service] ?? []
      guard edge.dependency.condition != .started, let containers = groups[edge.service] else {
        after.formUnion(starts)
        continue
      }
      let isMet =
        starts.isEmpty && containers.allSatisfy { edge.dependency.condition == .healthy ? $0.health == .healthy : $0.hasSucceeded }
      if isMet { continue }
      var wait = edge.dependency
      wait.restart = false
      if let known = waits[edge.service]?[wait] {
        after.insert(known)
        continue
      }
      let step = steps.add(
        .waitFor(service: edge.service, containers: containers.map(\.spec.name), condition: wait.condition, isRequired: wait.isRequired),
        [.neededBy(service)], after: starts)
      waits[edge.service, default: [:]][wait] = step
      after.insert(step)
    }
    return after
  }
}
