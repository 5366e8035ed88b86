import StackModel

/// Who needs whom among the services, as an order in which dependencies come first.
struct ServiceGraph {
  struct Edge {
    var service: ServiceName
    var dependency: Dependency
  }
  /// Dependencies first; among equals by name.
  private(set) var order: [ServiceName] = []
  /// What a service needs, by name. Names that are not services of the graph are left out.
  private(set) var dependencies: [ServiceName: [Edge]] = [:]
  /// Who needs a service, by name.
  private(set) var dependants: [ServiceName: [ServiceName]] = [:]

  /// Throws when services wait for each other, or when a required dependency is not there.
  init(_ services: [ServiceName: Service], absent: [ServiceName: Service] = [:]) throws(PlanningError) {
    for service in services.values {
      for (name, dependency) in service.dependsOn where services[name] == nil && dependency.isRequired {
        guard absent[name] == nil else {
          throw PlanningError(
            service, "it depends on \"\(name)\", whose profiles are not active",
            hint: "activate one of them: --profile \(absent[name]?.profiles.first ?? name.rawValue)")
        }
        throw PlanningError(service, "it depends on \"\(name)\", which is not a service of the stack")
      }
    }
    self.init(edges: services.mapValues(\.dependsOn))
    guard order.count == services.count else { throw Self.cycleError(services, sorted: Set(order)) }
  }

  /// Services that wait for each other are left out of `order`.
  private init(edges: [ServiceName: [ServiceName: Dependency]]) {
    var missing: [ServiceName: Int] = [:]
    let names = edges.keys.sorted()
    for name in names {
      let needs = (edges[name] ?? [:]).filter { edges[$0.key] != nil }.sorted { $0.key < $1.key }
      dependencies[name] = needs.map { Edge(service: $0.key, dependency: $0.value) }
      missing[name] = needs.count
      for need in needs { dependants[need.key, default: []].append(name) }
    }
    order = names.filter { missing[$0] == 0 }
    var next = 0
    while next < order.count {
      for dependant in dependants[order[next]] ?? [] {
        let left = (missing[dependant] ?? 0) - 1
        missing[dependant] = left
        if left == 0 { order.append(dependant) }
      }
      next += 1
    }
  }

  /// A graph for taking things down, which must never fail: services in a cycle come last, in order of name, and do not wait.
  init(tearingDown edges: [ServiceName: [ServiceName: Dependency]]) {
    self.init(edges: edges)
    order += Set(edges.keys).subtracting(order).sorted()
    let place = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for name in order {
      dependants[name]?.removeAll { (place[$0] ?? 0) <= (place[name] ?? 0) }
      dependencies[name]?.removeAll { (place[$0.service] ?? 0) >= (place[name] ?? 0) }
    }
  }

  /// The services and all that they need.
  func closure(of names: some Sequence<ServiceName>) -> Set<ServiceName> {
    var found = Set(names)
    var waiting = Array(found)
    while let name = waiting.popLast() {
      for edge in dependencies[name] ?? [] where found.insert(edge.service).inserted { waiting.append(edge.service) }
    }
    return found
  }

  private static func cycleError(_ services: [ServiceName: Service], sorted: Set<ServiceName>) -> PlanningError {
    // Every service left over needs another that is left over, so walking along needs must come back to one.
    let left = Set(services.keys).subtracting(sorted)
    var path: [ServiceName] = []
    var current = left.min()
    while let name = current, !path.contains(name) {
      path.append(name)
      current = services[name]?.dependsOn.keys.filter(left.contains).min()
    }
    let cycle = current.flatMap { name in path.firstIndex(of: name).map { path[$0...] + [name] } } ?? path[...]
    return PlanningError(
      "dependency cycle: " + cycle.map(\.rawValue).joined(separator: " → "),
      hint: "a service that is waited for cannot wait for the one that waits: take one depends_on (or link, or network_mode) away")
  }
}
