import StackModel

extension UpPlan {
  /// A name that is made can be neither another's that is made nor one that a container holds which stays.
  func checkNames() throws(PlanningError) {
    guard selected.contains(where: { stack.services[$0]?.containerName != nil }) else { return }
    var wanted: [String: Service] = [:]
    var holders: Set<ContainerID> = Set(departures.map(\.container.id))
    for name in graph.order {
      guard let service = stack.services[name] else { continue }
      for replica in replicas[name] ?? [] {
        if let current = replica.current { holders.insert(current.id) }
        if let other = wanted.updateValue(service, forKey: replica.spec.name), other.name != name {
          throw PlanningError(
            service, "its container is called \"\(replica.spec.name)\", and so is that of \(other.name)",
            hint: "give one of them another container_name")
        }
      }
    }
    for container in observed.containers where !holders.contains(container.id) {
      guard let service = wanted[container.spec.name] else { continue }
      let isOrphan = stack.services[container.spec.service] == nil && stack.disabledServices[container.spec.service] == nil
      throw PlanningError(
        service, "its container_name \"\(container.spec.name)\" belongs to a container of \(container.spec.service), which stays",
        hint: isOrphan ? "remove that one with --remove-orphans" : "remove that one with `muster rm --stop \(container.spec.service)`")
    }
  }
}
