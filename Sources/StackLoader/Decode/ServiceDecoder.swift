import StackModel

/// One service's tree → ``Service``.
struct ServiceDecoder {
  let name: String
  let node: Node
  let project: Project
  let report: Report
  let fields: Fields
  /// What is decoded, for errors: `service "web"`, `job "backup"`.
  let subject: String

  /// - Parameter section: `services`, or `jobs`, which are written alike.
  init(name: String, node: Node, project: Project, report: Report, section: String = "services") {
    self.name = name
    self.node = node
    self.project = project
    self.report = report
    subject = "\(section.dropLast()) \"\(name)\""
    fields = Fields(node: node, subject: subject, path: "\(section).\(name)", report: report)
  }

  func decode() -> Service {
    let build = self.build()
    var service = Service(name: ServiceName(name), image: image(hasBuild: build != nil), build: build)
    var requests = ServiceRequests()
    service.pullPolicy = pullPolicy(&requests)
    service.replicas = replicas()
    service.profiles = fields.texts("profiles")
    service.containerName = containerName(replicas: service.replicas)
    service.isAttached = fields.bool("attach") ?? true
    service.options = options(&requests)
    decodeRequests(into: &requests)
    service.requests = requests.isEmpty ? nil : requests
    service.dependsOn = dependencies(service.options, requests)
    service.origin = node.place.range
    return service
  }

  private func options(_ requests: inout ServiceRequests) -> ContainerOptions {
    var options = ContainerOptions()
    decodeProcess(into: &options)
    decodeNetwork(into: &options, &requests)
    decodeStorage(into: &options, &requests)
    decodeStorageOptions(into: &options, &requests)
    decodeResources(into: &options, &requests)
    decodeConfinement(into: &options, &requests)
    return options
  }

  /// What no part of ``ContainerOptions`` stands for. Whether it is told about is the key table's to say.
  private func decodeRequests(into requests: inout ServiceRequests) {
    decodeRuntime(into: &requests)
    requests.usesAPISocket = fields.bool("use_api_socket").flatMap { $0 ? true : nil }
    requests.credentialSpec = credentialSpec()
    requests.provider = provider()
    requests.watch = watch()
    requests.deployment = deployment()
    requests.models = models()
    requests.cpu = cpuRequests()
    requests.cgroupParent = fields.text("cgroup_parent").flatMap { $0.isEmpty ? nil : $0 }
    requests.gpus = gpus()
  }

  private func image(hasBuild: Bool) -> String {
    guard let image = fields.text("image"), !image.isEmpty else {
      // After another error the image may well be what is missing because of it.
      if !hasBuild, node["provider"]?.isNull ?? true, !report.hasErrors {
        report.error(
          .noImage, node.place, "\(subject) has neither an image nor a build context", hint: "add image: NAME or build: DIRECTORY")
      }
      return "\(project.name)-\(name)"
    }
    if let problem = imageProblem(image) { report.error(.imageName, fields.place("image"), "\(subject): \(problem)") }
    return image
  }

  private func replicas() -> Int {
    let deploy = fields.child("deploy")
    let replicas = deploy?.integer("replicas", in: 0...10_000)
    let scale = fields.integer("scale", in: 0...10_000)
    if let scale, let replicas, scale != replicas {
      report.error(
        .conflict, fields.place("scale"), "\(subject): scale is \(scale), deploy.replicas is \(replicas)", hint: "keep one of them"
      )
    }
    return Int(scale ?? replicas ?? 1)
  }

  private func containerName(replicas: Int) -> String? {
    guard let written = fields.text("container_name"), !written.isEmpty else { return nil }
    let place = fields.place("container_name")
    if !Names.isContainer(written) {
      report.error(
        .name, place, "\(subject): container_name \"\(written)\" is not a container's name",
        hint: "it has letters, digits, '_', '.', '-', at least two of them, and starts with a letter or digit")
    }
    if replicas > 1 {
      report.error(
        .containerName, place, "\(subject) has a container_name and \(replicas) replicas, whose names would be the same",
        hint: "remove container_name, or have one replica")
    }
    return written
  }

  private func dependencies(_ options: ContainerOptions, _ requests: ServiceRequests) -> [ServiceName: Dependency] {
    var dependencies: [ServiceName: Dependency] = [:]
    for source in options.volumesFrom ?? [] { if case .service(let other) = source.source { dependencies[other] = Dependency() } }
    if case .service(let other)? = requests.namespaces?.uts { dependencies[other] = Dependency(restart: true) }
    if case .service(let other)? = options.pidOwner { dependencies[other] = Dependency(restart: true) }
    if case .of(.service(let other))? = options.ipc { dependencies[other] = Dependency(restart: true) }
    for link in options.links { dependencies[link.service] = Dependency(restart: true) }
    // What shares a network goes on while the container that it was is replaced.
    if case .service(let other) = options.network { dependencies[other] = dependencies[other] ?? Dependency() }
    guard let written = node["depends_on"] else { return dependencies }
    if let nodes = written.sequence {
      for item in nodes {
        guard let name = item.text else {
          fields.mistyped("depends_on", item, "a list of services")
          continue
        }
        dependencies[ServiceName(name)] = Dependency()
      }
      return dependencies
    }
    guard let mapping = fields.child("depends_on")?.node.mapping else { return dependencies }
    for entry in mapping.entries {
      guard !entry.value.isNull else {
        dependencies[ServiceName(entry.key)] = Dependency()
        continue
      }
      guard entry.value.mapping != nil else {
        fields.mistyped("depends_on.\(entry.key)", entry.value, "a mapping")
        continue
      }
      let inner = fields.inner("depends_on.\(entry.key)", entry.value)
      var dependency = Dependency(restart: inner.bool("restart") ?? false, isRequired: inner.bool("required") ?? true)
      if let text = inner.text("condition") {
        if let condition = Dependency.Condition(rawValue: text) {
          dependency.condition = condition
        } else {
          report.error(
            .invalidValue, inner.place("condition"), "\(inner.subject): condition \"\(text)\" is not known",
            hint: "there are service_started, service_healthy and service_completed_successfully")
        }
      }
      dependencies[ServiceName(entry.key)] = dependency
    }
    return dependencies
  }
}
