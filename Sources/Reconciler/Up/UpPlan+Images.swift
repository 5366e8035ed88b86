import OCI
import StackModel

extension UpPlan {
  /// Images that are built whatever is there: `--build`, `pull_policy: build`.
  mutating func chooseBuilds() {
    guard options.build != .never else { return }
    for name in selected {
      guard let service = stack.services[name], service.build != nil else { continue }
      if options.build == .always || service.pullPolicy == .build { rebuilt.insert(service.image) }
    }
  }

  /// Builds and pulls: what is asked for, and what a container to be made lacks.
  mutating func addImages() throws(PlanningError) {
    var lacking: [Service] = []
    for name in graph.order where selected.contains(name) {
      guard let service = stack.services[name] else { continue }
      let isMissing = observed.images[service.image] == nil && (replicas[name] ?? []).contains(where: \.isMade)
      if service.pullPolicy == .always, !isMissing, service.build == nil, observed.images[service.image] != nil {
        notes.append("\(name): the image \(service.image) is already here and is not looked for again, although pull_policy is \"always\"")
      }
      guard let build = service.build, options.build != .never else {
        if isMissing { lacking.append(service) }
        continue
      }
      guard isMissing || rebuilt.contains(service.image), imageSteps[service.image] == nil else { continue }
      let reason: Reason =
        if options.build == .always {
          .requested("--build")
        } else if service.pullPolicy == .build {
          .requested("pull_policy: build")
        } else {
          .absent
        }
      imageSteps[service.image] = steps.add(
        .buildImage(build, references: build.references(with: service.image), service: name), [reason])
    }
    for service in lacking where imageSteps[service.image] == nil {
      guard service.build == nil else {
        throw PlanningError(
          service, "its image \(service.image) is not on this machine and may not be built", hint: "leave --no-build away")
      }
      guard service.pullPolicy != .never else {
        throw PlanningError(
          service, "its image \(service.image) is not on this machine and may not be pulled",
          hint: "import it: muster image import FILE \(service.image)")
      }
      imageSteps[service.image] = steps.add(.pullImage(reference: service.image, service: service.name), [.absent])
    }
  }
}

extension BuildSpec {
  /// The service's image name and the further tags, each once.
  func references(with image: String) -> [String] { [image] + tags.filter { $0 != image } }
}
