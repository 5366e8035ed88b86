import StackModel

extension ServiceDecoder {
  func build() -> BuildSpec? {
    guard let written = node["build"], !written.isNull else { return nil }
    if let text = written.text {
      var requests = BuildRequests()
      let context = context(text, written, &requests)
      return BuildSpec(
        context: context, dockerfile: requests.remoteContext == nil ? dockerfile("Dockerfile", in: context) : nil,
        requests: requests.isEmpty ? nil : requests)
    }
    guard let fields = fields.child("build") else { return nil }
    let place = fields.node["context"] ?? fields.node
    var requests = buildRequests(fields) ?? BuildRequests()
    let context = context(fields.text("context") ?? ".", place, &requests)
    var build = BuildSpec(context: context, requests: requests.isEmpty ? nil : requests)
    build.inlineDockerfile = fields.text("dockerfile_inline")
    let dockerfile = fields.text("dockerfile")
    if dockerfile != nil, build.inlineDockerfile != nil {
      report.error(
        .conflict, fields.place("dockerfile_inline"), "\(fields.subject): there are both dockerfile and dockerfile_inline",
        hint: "keep one of them")
    }
    if build.inlineDockerfile == nil, requests.remoteContext == nil {
      build.dockerfile = self.dockerfile(dockerfile ?? "Dockerfile", in: context)
    }
    build.target = fields.text("target")
    for entry in fields.entries("args") {
      // A name alone is taken from the environment of whoever runs the command.
      build.arguments[entry.key] = entry.value.text ?? (entry.value.isNull ? entry.value.place.origin.environment[entry.key] : nil)
    }
    build.labels = fields.pairs("labels")
    build.tags = fields.texts("tags")
    for tag in fields.items("tags") {
      if let text = tag.text, let problem = imageProblem(text) { report.error(.imageName, tag.place, "\(fields.subject): \(problem)") }
    }
    build.noCache = fields.bool("no_cache") ?? false
    switch fields.text("network") {
    case nil, "", "default": break
    case "host": build.network = "host"
    case "none": build.network = "none"
    default: break
    }
    build.extraHosts = extraHosts(fields)
    build.options = buildOptions(fields)
    return build
  }

  /// A repository's is relative to it.
  private func dockerfile(_ path: String, in context: String) -> String {
    GitSource(context) == nil ? Paths.absolute(path, in: context) : path
  }

  /// An absolute directory; what is elsewhere stays as it is written.
  private func context(_ text: String, _ node: Node, _ requests: inout BuildRequests) -> String {
    if let source = GitSource(text) {
      if let problem = source.problem { report.error(.invalidValue, node.place, "\(fields.subject), build: \(problem)") }
      return text
    }
    if StackFiles.isRemote(text) {
      fields.refuse("build.context", node.text == nil ? node.with(text) : node, hint: "clone it first and build from the directory")
      requests.remoteContext = text
      return text
    }
    if WindowsPath.isOne(text) {
      report.error(.invalidValue, node.place, "\(fields.subject), build: \"\(text)\" is a path of Windows", hint: WindowsPath.hint)
    }
    return Paths.absolute(text, in: node.place.origin.directory, home: project.home)
  }
}
