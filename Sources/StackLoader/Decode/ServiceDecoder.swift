import StackModel

/// One service's tree → ``Service``.
struct ServiceDecoder {
  let name: String
  let node: Node
  let project: Project
  let report: Report
  let fields: Fields

  init(name: String, node: Node, project: Project, report: Report) {
    self.name = name
    self.node = node
    self.project = project
    self.report = report
    fields = Fields(node: node, subject: "service \"\(name)\"", report: report)
  }

  func decode() -> Service {
    let build = self.build()
    var service = Service(name: ServiceName(name), image: image(hasBuild: build != nil), build: build)
    service.pullPolicy = pullPolicy()
    service.replicas = replicas()
    service.profiles = fields.texts("profiles")
    service.containerName = containerName(replicas: service.replicas)
    service.isAttached = fields.bool("attach") ?? true
    service.options = options()
    service.dependsOn = dependencies(service.options)
    service.origin = node.place.range
    checkPlatform()
    return service
  }

  private func options() -> ContainerOptions {
    var options = ContainerOptions()
    decodeProcess(into: &options)
    decodeNetwork(into: &options)
    decodeStorage(into: &options)
    decodeResources(into: &options)
    decodeConfinement(into: &options)
    return options
  }

  private func image(hasBuild: Bool) -> String {
    guard let image = fields.text("image"), !image.isEmpty else {
      // After another error the image may well be what is missing because of it.
      if !hasBuild, !report.hasErrors {
        report.error(
          .noImage, node.place, "service \"\(name)\" has neither an image nor a build context", hint: "add image: NAME or build: DIRECTORY")
      }
      return "\(project.name)-\(name)"
    }
    if let problem = imageProblem(image) { report.error(.imageName, fields.place("image"), "service \"\(name)\": \(problem)") }
    return image
  }

  private func pullPolicy() -> PullPolicy {
    switch fields.text("pull_policy") {
    case nil, "", "missing", "if_not_present": return .missing
    case "always": return .always
    case "never": return .never
    case "build":
      if node["build"] == nil {
        report.error(.conflict, fields.place("pull_policy"), "service \"\(name)\": pull_policy build without build")
      }
      return .build
    case let other?:
      let isTimed = other == "refresh" || other == "daily" || other == "weekly" || other.hasPrefix("every_")
      if isTimed, let value = node["pull_policy"] {
        fields.refuse("pull_policy", value, hint: "use always or missing")
      } else {
        report.error(
          .invalidValue, fields.place("pull_policy"), "service \"\(name)\": pull_policy \"\(other)\" is not known",
          hint: "there are always, missing, never and build")
      }
      return .missing
    }
  }

  private func replicas() -> Int {
    let deploy = fields.child("deploy")
    let replicas = deploy?.integer("replicas", in: 0...10_000)
    let scale = fields.integer("scale", in: 0...10_000)
    if let scale, let replicas, scale != replicas {
      report.error(
        .conflict, fields.place("scale"), "service \"\(name)\": scale is \(scale), deploy.replicas is \(replicas)", hint: "keep one of them"
      )
    }
    if let mode = deploy?.node["mode"], let text = mode.text, text != "replicated", text != "global" {
      fields.refuse("deploy.mode", mode, hint: "there are replicated and global")
    }
    return Int(scale ?? replicas ?? 1)
  }

  private func containerName(replicas: Int) -> String? {
    guard let written = fields.text("container_name"), !written.isEmpty else { return nil }
    let place = fields.place("container_name")
    if !Names.isContainer(written) {
      report.error(
        .name, place, "service \"\(name)\": container_name \"\(written)\" is not a container's name",
        hint: "it has letters, digits, '_', '.', '-', at least two of them, and starts with a letter or digit")
    }
    if replicas > 1 {
      report.error(
        .containerName, place, "service \"\(name)\" has a container_name and \(replicas) replicas, whose names would be the same",
        hint: "remove container_name, or have one replica")
    }
    return written
  }

  private func dependencies(_ options: ContainerOptions) -> [ServiceName: Dependency] {
    var dependencies: [ServiceName: Dependency] = [:]
    for link in options.links { dependencies[link.service] = Dependency(restart: true) }
    if case .service(let other) = options.network { dependencies[other] = Dependency(restart: true) }
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
      let inner = Fields(node: entry.value, subject: "\(fields.subject), depends_on.\(entry.key)", report: report)
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

  private func checkPlatform() {
    if let platform = node["platform"], let text = platform.text, !Platforms.isHost(text) {
      fields.refuse("platform", platform, hint: "this machine runs \(Platforms.host)")
    }
    if let runtime = node["runtime"], let text = runtime.text {
      if ["runc", "crun", "io.containerd.runc.v2"].contains(text) {
        report.warning(.withoutEffect, runtime.place, "service \"\(name)\": runtime has no effect", hint: "Muster has its own runtime")
      } else {
        fields.refuse("runtime", runtime, hint: "remove it; Muster has its own runtime")
      }
    }
    if let isolation = fields.text("isolation"), !isolation.isEmpty, isolation != "default" {
      report.warning(
        .withoutEffect, fields.place("isolation"), "service \"\(name)\": isolation has no effect", hint: "it is for Windows")
    }
  }
}
