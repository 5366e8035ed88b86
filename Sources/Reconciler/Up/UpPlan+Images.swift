import OCI
import StackModel

extension UpPlan {
  /// Images that are built although they are there: `--build`, `pull_policy: build`, and when what they are made from has changed.
  mutating func chooseBuilds() {
    guard options.build != .never else { return }
    for service in selected.compactMap({ stack.services[$0] }) + jobDefinitions where service.build != nil {
      if options.build == .always || service.pullPolicy == .build || changedBuilds.contains(service.image) { rebuilt.insert(service.image) }
    }
  }

  private var changedBuilds: Set<String> { Set(options.noRecreate ? [] : observed.changedBuilds ?? []) }

  /// Why an image that is here is to be looked for again; nil: it is not.
  private func refresh(_ service: Service) -> Reason? {
    guard service.build == nil else { return nil }
    if let asked = options.pull { return asked == .always ? .requested("--pull always") : nil }
    if service.pullPolicy == .always { return .requested("pull_policy: always") }
    switch service.requests?.pullRefresh {
    case nil: return nil
    case .whenStale: return .requested("pull_policy: refresh")
    case .olderThan(let limit):
      // What was never pulled has come another way, and its age is not known.
      if let age = observed.imageAges?[service.image], age < limit.nanoseconds / 1_000_000_000 { return nil }
      return .requested("pull_policy: older than \(limit.nanoseconds / 1_000_000_000) seconds")
    }
  }

  /// Builds and pulls: what is asked for, and what a container to be made lacks.
  mutating func addImages() throws(PlanningError) {
    var lacking: [Service] = []
    let ordered = graph.order.filter(selected.contains).compactMap { stack.services[$0] }
    for service in ordered + jobDefinitions {
      let name = service.name
      // A job's image is there before it is due.
      let isNeeded = stack.services[name] == nil || (replicas[name] ?? []).contains(where: \.isMade)
      let isMissing = observed.images[service.image] == nil && isNeeded
      if let reason = refresh(service), observed.images[service.image] != nil, imageSteps[service.image] == nil {
        imageSteps[service.image] = steps.add(.pullImage(reference: service.image, service: name), [reason])
      }
      guard let build = service.build, options.build != .never else {
        if isMissing { lacking.append(service) }
        continue
      }
      guard isMissing || rebuilt.contains(service.image) else { continue }
      let reason: Reason =
        if options.build == .always {
          .requested("--build")
        } else if service.pullPolicy == .build {
          .requested("pull_policy: build")
        } else if changedBuilds.contains(service.image) {
          .contextChanged
        } else {
          .absent
        }
      try addBuild(build, of: service, reason)
    }
    for service in lacking where imageSteps[service.image] == nil {
      guard service.build == nil else {
        throw PlanningError(
          service, "its image \(service.image) is not on this machine and may not be built", hint: "leave --no-build away")
      }
      guard (options.pull ?? service.pullPolicy) != .never else {
        throw PlanningError(
          service, "its image \(service.image) is not on this machine and may not be pulled",
          hint: "import it: muster image import FILE \(service.image)")
      }
      imageSteps[service.image] = steps.add(.pullImage(reference: service.image, service: service.name), [.absent])
    }
  }
}

extension UpPlan {
  /// A build, after those of the services whose images it uses and that are not here or are built anew.
  private mutating func addBuild(_ build: BuildSpec, of service: Service, _ reason: Reason) throws(PlanningError) {
    let services = stack.servicesAndJobs.merging(stack.disabledServicesAndJobs) { first, _ in first }
    var order = BuildOrder(services)
    try order.add(service.name)
    for name in order.names where name != service.name {
      guard let other = services[name], let needed = other.build, observed.images[other.image] == nil || rebuilt.contains(other.image)
      else { continue }
      addStep(needed, of: other, .neededBy(service.name), services)
    }
    addStep(build, of: service, reason, services)
  }

  private mutating func addStep(_ build: BuildSpec, of service: Service, _ reason: Reason, _ services: [ServiceName: Service]) {
    guard imageSteps[service.image] == nil else { return }
    let after = Set(build.neededServices.compactMap { services[$0].flatMap { imageSteps[$0.image] } })
    imageSteps[service.image] = steps.add(
      .buildImage(build.withImages(of: services), references: build.references(with: service.image), service: service.name), [reason],
      after: after)
  }
}

extension BuildSpec {
  /// The service's image name and the further tags, each once.
  func references(with image: String) -> [String] { [image] + tags.filter { $0 != image } }
}
