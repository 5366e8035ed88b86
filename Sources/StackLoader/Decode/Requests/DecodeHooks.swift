import StackModel

extension ServiceDecoder {
  /// `pre_start`, `post_start`, `pre_stop`; nil when there are none.
  func hooks() -> LifecycleHooks? {
    let hooks = LifecycleHooks(
      beforeStart: fields.mappings("pre_start").map(initStep), afterStart: fields.mappings("post_start").compactMap(hook),
      beforeStop: fields.mappings("pre_stop").compactMap(hook))
    return hooks == LifecycleHooks() ? nil : hooks
  }

  /// A command in a running container. nil: it has none, which is told about.
  func hook(_ written: Fields) -> Hook? {
    guard let command = written.command("command"), !command.isEmpty else {
      report.error(
        .invalidValue, written.node.place, "\(written.subject): an entry has no command", hint: "write it as command: [PROGRAM, ARGUMENT]")
      return nil
    }
    return Hook(
      command: command, user: written.text("user"), isPrivileged: written.bool("privileged") ?? false,
      workingDirectory: written.text("working_dir"), environment: written.variables("environment"))
  }

  private func initStep(_ written: Fields) -> InitStep {
    let image = written.text("image")
    if let image, let problem = imageProblem(image) {
      report.error(.imageName, written.place("image"), "\(written.subject): \(problem)")
    }
    return InitStep(
      command: written.command("command"), image: image, user: written.text("user"), isPrivileged: written.bool("privileged") ?? false,
      workingDirectory: written.text("working_dir"), environment: written.variables("environment"),
      isPerReplica: written.bool("per_replica") ?? false)
  }
}

extension Fields {
  /// Variables; a name alone is taken from the environment of whoever runs the command, and left out when it is not set there.
  func variables(_ key: String) -> [String: String] {
    entries(key).reduce(into: [:]) { variables, entry in
      variables[entry.key] = entry.value.text ?? (entry.value.isNull ? entry.value.place.origin.environment[entry.key] : nil)
    }
  }
}
