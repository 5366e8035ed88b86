import StackModel

extension Planner {
  /// `build`: every service that has something to build, or those named.
  func buildPlan(_ names: [ServiceName], noCache: Bool) throws(PlanningError) -> Plan {
    let stack = try stack()
    let all = stack.services.merging(stack.disabledServices) { first, _ in first }
    for name in names where all[name] == nil { throw .unknownService(name, among: all.keys) }
    var steps = StepList()
    var notes: [String] = []
    var built: [String: BuildSpec] = [:]
    for name in names.isEmpty ? stack.services.keys.sorted() : names {
      guard let service = all[name] else { continue }
      guard var build = service.build else {
        if !names.isEmpty { notes.append("\(name) uses the image \(service.image); there is nothing to build") }
        continue
      }
      if noCache { build.noCache = true }
      if let other = built.updateValue(build, forKey: service.image), other == build { continue }
      steps.add(.buildImage(build, references: build.references(with: service.image), service: name), [.requested("build")])
    }
    if steps.steps.isEmpty, notes.isEmpty { notes.append("No services to build") }
    return plan(steps, notes: notes)
  }
}
