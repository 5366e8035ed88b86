import Diagnostics

/// Services that wait for what never comes, or do not wait although they could.
func checkDependencies(_ lint: Lint) {
  let services = Dictionary(lint.services.map { ($0.name, $0) }) { first, _ in first }
  for service in lint.services {
    for dependency in dependencies(of: service) {
      guard let other = services[dependency.name] else { continue }
      switch dependency.condition {
      case "service_healthy": checkHealthy(dependency, other, service, lint)
      case "service_completed_successfully": checkCompletes(dependency, other, service, lint)
      default:
        guard hasOwnHealthcheck(other) else { continue }
        let edit = dependency.conditionPlace.flatMap { lint.files.replace($0, with: "service_healthy") }
        lint.tell(
          .startedIsNotReady, dependency.place, service,
          "\(service.subject) waits until \"\(other.name)\" has started, not until its health check passes",
          hint: "if it needs \"\(other.name)\" at its start: \(other.name): {condition: service_healthy}",
          fix: edit.map {
            Fix("wait until it is healthy", [$0], isSafe: false, changes: ["services.*.depends_on.\(other.name).condition"])
          })
      }
    }
  }
}

private struct WrittenDependency {
  var name: String
  var condition: String
  var place: Place
  var conditionPlace: Place?
}

private func dependencies(of service: LintedService) -> [WrittenDependency] {
  guard let node = service["depends_on"] else { return [] }
  if let items = node.sequence {
    return items.compactMap { item in
      item.text.map { WrittenDependency(name: $0, condition: "service_started", place: item.place) }
    }
  }
  return node.mapping?.entries.map { entry in
    let condition = entry.value["condition"]
    return WrittenDependency(
      name: entry.key, condition: condition?.text ?? "service_started", place: condition?.place ?? entry.keyPlace,
      conditionPlace: condition?.place)
  } ?? []
}

private func isDisabled(_ healthcheck: Node) -> Bool {
  if healthcheck["disable"]?.text.flatMap(Values.bool) == true { return true }
  let test = healthcheck["test"]
  return test?.sequence?.first?.text == "NONE" || test?.text == "NONE"
}

private func hasOwnHealthcheck(_ service: LintedService) -> Bool {
  guard let healthcheck = service["healthcheck"] else { return false }
  return !isDisabled(healthcheck) && healthcheck["test"] != nil
}

private func checkHealthy(_ dependency: WrittenDependency, _ other: LintedService, _ service: LintedService, _ lint: Lint) {
  guard !hasOwnHealthcheck(other) else { return }
  let waits = "\(service.subject) waits until \"\(other.name)\" is healthy"
  let hint = "give \"\(other.name)\" a healthcheck, or wait for service_started"
  if let healthcheck = other["healthcheck"], isDisabled(healthcheck) {
    lint.tell(.neverHealthy, dependency.place, service, "\(waits), whose health check is switched off", hint: hint)
  } else if other.known?.lacksHealthcheck == true {
    lint.tell(.neverHealthy, dependency.place, service, "\(waits), which has no health check; nor has its image", hint: hint)
  } else if imageMayHaveHealthcheck(other, lint) == nil {
    lint.tell(
      .neverHealthy, dependency.place, service, "\(waits), which has no health check unless its image brings one", hint: hint,
      severity: .warning)
  }
}

/// true: the Dockerfile has one; nil: not known.
private func imageMayHaveHealthcheck(_ service: LintedService, _ lint: Lint) -> Bool? {
  guard let build = service["build"] else { return nil }
  let inline = build["dockerfile_inline"]?.text
  if let inline { return hasHealthcheck(inline) ? true : nil }
  guard let context = build.text ?? build["context"]?.text ?? (build.mapping != nil ? "." : nil), !StackFiles.isRemote(context) else {
    return nil
  }
  let place = build["context"]?.place ?? build.place
  let directory = Paths.absolute(context, in: place.origin.directory, home: lint.loaded.environment["HOME"])
  let path = Paths.absolute(build["dockerfile"]?.text ?? "Dockerfile", in: directory)
  guard let bytes = try? lint.reader.read(path, limit: 1 << 20) else { return nil }
  return hasHealthcheck(String(decoding: bytes, as: UTF8.self)) ? true : nil
}

private func hasHealthcheck(_ dockerfile: String) -> Bool {
  dockerfile.split(whereSeparator: \.isNewline).contains { line in
    let words = line.split { $0 == " " || $0 == "\t" }
    return words.first?.uppercased() == "HEALTHCHECK" && words.dropFirst().first?.uppercased() != "NONE"
  }
}

private func checkCompletes(_ dependency: WrittenDependency, _ other: LintedService, _ service: LintedService, _ lint: Lint) {
  let policy = other["deploy"]?["restart_policy"]?["condition"] ?? other["restart"]
  guard let text = policy?.text, ["always", "unless-stopped", "any"].contains(text) else { return }
  lint.tell(
    .neverCompletes, dependency.place, service,
    "\(service.subject) waits until \"\(other.name)\" completes, which restart: \(text) prevents",
    hint: "restart: on-failure, or none, lets \"\(other.name)\" end")
}
