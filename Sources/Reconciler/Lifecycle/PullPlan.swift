import StackModel

extension Planner {
  /// `pull`: the image of every service and job, or of those named, each once.
  func pullPlan(
    _ names: [ServiceName], dependencies: Bool, policy: PullPolicy?, ignoresBuildable: Bool
  ) throws(PlanningError) -> Plan {
    var steps = StepList()
    var notes: [String] = []
    var seen: Set<String> = []
    for service in try imageServices(names, dependencies: dependencies) {
      let isHere = observed.images[service.image] != nil
      if service.build != nil, ignoresBuildable || service.pullPolicy == .build || service.image == "\(project)-\(service.name)" {
        notes.append("\(service.name): its image is built here, not pulled")
      } else if policy == nil, service.pullPolicy == .never {
        notes.append("\(service.name): pull_policy is never")
      } else if policy == .missing, isHere {
        notes.append("\(service.name): the image \(service.image) is already here")
      } else if seen.insert(service.image).inserted {
        steps.add(.pullImage(reference: service.image, service: service.name), [.requested("pull")])
      }
    }
    return plan(steps, notes: notes)
  }

  /// `push`: what is built here, under all its names.
  func pushPlan(_ names: [ServiceName], dependencies: Bool) throws(PlanningError) -> Plan {
    var steps = StepList()
    var notes: [String] = []
    var seen: Set<String> = []
    for service in try imageServices(names, dependencies: dependencies) {
      guard let build = service.build else {
        if !names.isEmpty { notes.append("\(service.name): its image is not built here") }
        continue
      }
      guard service.image != "\(project)-\(service.name)" else {
        notes.append("\(service.name): it has no image name to push to")
        continue
      }
      for reference in build.references(with: service.image) where seen.insert(reference).inserted {
        steps.add(.pushImage(reference: reference, service: service.name), [.requested("push")])
      }
    }
    if steps.steps.isEmpty, notes.isEmpty { notes.append("No services to push: none has a build section") }
    return plan(steps, notes: notes)
  }

  private func imageServices(_ names: [ServiceName], dependencies: Bool) throws(PlanningError) -> [Service] {
    let stack = try stack()
    let all = stack.servicesAndJobs.merging(stack.disabledServicesAndJobs) { first, _ in first }
    for name in names where all[name] == nil { throw .unknownService(name, among: all.keys) }
    guard !names.isEmpty else { return stack.servicesAndJobs.values.sorted { $0.name < $1.name } }
    var chosen: [ServiceName] = []
    var waiting = Array(names.reversed())
    while let name = waiting.popLast() {
      guard !chosen.contains(name) else { continue }
      chosen.append(name)
      if dependencies { waiting += (all[name]?.dependsOn ?? [:]).keys.sorted().reversed() }
    }
    return chosen.compactMap { all[$0] }
  }
}
