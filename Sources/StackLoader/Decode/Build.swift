import StackModel

extension ServiceDecoder {
  func build() -> BuildSpec? {
    guard let written = node["build"], !written.isNull else { return nil }
    if let text = written.text {
      guard let context = context(text, written) else { return nil }
      return BuildSpec(context: context, dockerfile: Paths.absolute("Dockerfile", in: context))
    }
    guard let fields = fields.child("build") else { return nil }
    let place = fields.node["context"] ?? fields.node
    guard let context = context(fields.text("context") ?? ".", place) else { return nil }
    var build = BuildSpec(context: context)
    build.inlineDockerfile = fields.text("dockerfile_inline")
    let dockerfile = fields.text("dockerfile")
    if dockerfile != nil, build.inlineDockerfile != nil {
      report.error(
        .conflict, fields.place("dockerfile_inline"), "\(fields.subject): there are both dockerfile and dockerfile_inline",
        hint: "keep one of them")
    }
    if build.inlineDockerfile == nil { build.dockerfile = Paths.absolute(dockerfile ?? "Dockerfile", in: context) }
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
    default:
      if let value = fields.node["network"] {
        fields.refuse("network", value, hint: "there are host and none; without it the build has a network of its own")
      }
    }
    build.extraHosts = extraHosts(fields)
    return build
  }

  private func context(_ text: String, _ node: Node) -> String? {
    if text.contains("://") || text.hasPrefix("git@") || text.hasPrefix("github.com/") {
      fields.refuse("build.context", node.text == nil ? node.with(text) : node, hint: "clone it first and build from the directory")
      return nil
    }
    return Paths.absolute(text, in: node.place.origin.directory, home: project.home)
  }
}
