import StackModel

extension Planner {
  /// The project's containers as services know them, without one-offs.
  var containers: [ObservedContainer] { observed.containers.filter { !$0.spec.isOneOff } }

  /// Every service that a user may name: the file's, with or without an active profile, and those that have containers.
  var knownServices: Set<ServiceName> {
    var known = Set(observed.containers.map(\.spec.service))
    if let desired { known.formUnion(Set(desired.services.keys).union(desired.disabledServices.keys)) }
    return known
  }

  func checkKnown(_ names: [ServiceName]) throws(PlanningError) {
    let known = knownServices
    for name in names where !known.contains(name) { throw .unknownService(name, among: known) }
  }

  /// Who needs whom, from the file and from what the containers themselves show, for commands that work on what exists.
  var existingGraph: ServiceGraph {
    var edges: [ServiceName: [ServiceName: Dependency]] = [:]
    for container in observed.containers {
      var needs: [ServiceName: Dependency] = edges[container.spec.service] ?? [:]
      let options = container.spec.options
      for owner in options.namespaceOwners.union(options.volumeOwners) { needs[owner] = Dependency() }
      for link in container.spec.options.links { needs[link.service] = Dependency() }
      edges[container.spec.service] = needs
    }
    if let desired {
      for service in desired.disabledServices.values { edges[service.name, default: [:]].merge(service.dependsOn) { $1 } }
      for service in desired.services.values { edges[service.name, default: [:]].merge(service.dependsOn) { $1 } }
    }
    return ServiceGraph(tearingDown: edges)
  }

  /// The containers to work on, dependencies first. No names: those of the file's services, or all when there is no file.
  func chosen(_ names: [ServiceName], in graph: ServiceGraph) throws(PlanningError) -> [(
    service: ServiceName, containers: [ObservedContainer]
  )] {
    try checkKnown(names)
    let wanted = Set(names)
    let byService = Dictionary(grouping: containers, by: \.spec.service)
    return graph.order.compactMap { name in
      let isChosen =
        wanted.isEmpty ? desired == nil || desired?.services[name] != nil || desired?.disabledServices[name] != nil : wanted.contains(name)
      guard isChosen, let containers = byService[name] else { return nil }
      return (name, containers)
    }
  }
}
