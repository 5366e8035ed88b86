import StackModel

extension Planner {
  /// `build`: every service and job that has something to build, or those named.
  func buildPlan(_ names: [ServiceName], noCache: Bool) throws(PlanningError) -> Plan {
    let stack = try stack()
    let all = stack.servicesAndJobs.merging(stack.disabledServicesAndJobs) { first, _ in first }
    for name in names where all[name] == nil { throw .unknownService(name, among: all.keys) }
    var steps = StepList()
    var notes: [String] = []
    var built: [String: BuildSpec] = [:]
    let chosen = names.isEmpty ? stack.servicesAndJobs.keys.sorted() : names
    for name in chosen where all[name]?.build == nil {
      if let image = all[name]?.image, !names.isEmpty { notes.append("\(name) uses the image \(image); there is nothing to build") }
    }
    var order = BuildOrder(all)
    for name in chosen where all[name]?.build != nil { try order.add(name) }
    var places: [String: Int] = [:]
    for name in order.names {
      guard let service = all[name], var build = service.build?.withImages(of: all) else { continue }
      let after = Set((service.build?.neededServices ?? []).compactMap { all[$0].flatMap { places[$0.image] } })
      if noCache { build.noCache = true }
      if let other = built.updateValue(build, forKey: service.image), other == build { continue }
      places[service.image] = steps.add(
        .buildImage(build, references: build.references(with: service.image), service: name), [.requested("build")], after: after)
    }
    if steps.steps.isEmpty, notes.isEmpty { notes.append("No services to build") }
    return plan(steps, notes: notes)
  }
}
