import StackModel

extension Planner {
  /// `stop`: what depends on a service stops before it.
  func stopPlan(_ names: [ServiceName], timeout: Int?) throws(PlanningError) -> Plan {
    let graph = existingGraph
    var steps = StepList()
    var stopped: [ServiceName: Set<Int>] = [:]
    for (service, containers) in try chosen(names, in: graph).reversed() {
      let after = (graph.dependants[service] ?? []).reduce(into: Set<Int>()) { $0.formUnion(stopped[$1] ?? []) }
      // A service without containers to stop passes on what it would have waited for.
      var ids: Set<Int> = []
      for container in containers where container.isUp {
        ids.insert(
          steps.add(.stopContainer(name: container.spec.name, id: container.id, timeout: timeout), [.requested("stop")], after: after))
      }
      stopped[service] = ids.isEmpty ? after : ids
    }
    return plan(steps)
  }

  /// `kill`: all at once.
  func killPlan(_ names: [ServiceName], signal: String) throws(PlanningError) -> Plan {
    var steps = StepList()
    for (_, containers) in try chosen(names, in: existingGraph) {
      for container in containers where container.isUp {
        steps.add(.killContainer(name: container.spec.name, id: container.id, signal: signal), [.requested("kill")])
      }
    }
    return plan(steps)
  }

  /// `rm`: containers that do not run, or all of them after they have been stopped.
  func removePlan(_ names: [ServiceName], stop: Bool, volumes: Bool) throws(PlanningError) -> Plan {
    let graph = existingGraph
    var steps = StepList()
    var stopped: [ServiceName: Set<Int>] = [:]
    for (service, containers) in try chosen(names, in: graph).reversed() {
      let before = (graph.dependants[service] ?? []).reduce(into: Set<Int>()) { $0.formUnion(stopped[$1] ?? []) }
      var ids: Set<Int> = []
      for container in containers where stop || !container.isUp {
        var after: Set<Int> = []
        if container.isUp {
          let id = steps.add(
            .stopContainer(name: container.spec.name, id: container.id, timeout: nil), [.requested("rm --stop")], after: before)
          ids.insert(id)
          after = [id]
        }
        steps.add(.removeContainer(name: container.spec.name, id: container.id, volumes: volumes), [.requested("rm")], after: after)
      }
      stopped[service] = ids.isEmpty ? before : ids
    }
    return plan(steps, notes: steps.steps.isEmpty ? ["No stopped containers"] : [])
  }
}
