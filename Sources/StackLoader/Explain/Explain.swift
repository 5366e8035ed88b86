import Diagnostics

/// Everything that says what a variable is, in the stack files and in the services' containers.
///
/// Reads the services' `env_file`s, and nothing else.
public func explain(variable name: String, in loaded: LoadedStack, reader: some FileReader = HostFiles()) -> Explanation {
  let secrets = loaded.merged["secrets"]?.mapping?.entries.compactMap { $0.value["environment"]?.text } ?? []
  let masking = Masking(isSecret: secrets.contains(name) || looksSecret(name))
  let variable = loaded.variables.all[name]
  let main = variable.map(definitions) ?? []
  return Explanation(
    name: name, isSecret: masking.isSecret, definitions: main.map(masking.masked),
    uses: loaded.uses.filter { $0.name == name }.map { use in
      let own = use.definition.map(definition)
      return Explanation.Use(
        place: use.range, outcome: Explanation.Use.Outcome(rawValue: use.outcome.rawValue) ?? .value,
        definition: own == main.first ? nil : own.map(masking.masked))
    },
    containers: containers(name, loaded, reader, masking))
}

/// Whether a value must not be shown.
private struct Masking {
  var isSecret: Bool

  func masked(_ definition: Explanation.Definition) -> Explanation.Definition {
    var copy = definition
    copy.value = definition.value.map { isSecret || hasPassword($0) ? "***" : $0 }
    return copy
  }

  /// `scheme://user:password@host`
  private func hasPassword(_ value: String) -> Bool {
    guard let scheme = value.firstRange(of: "://") else { return false }
    let authority = value[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    guard let at = authority.lastIndex(of: "@") else { return false }
    return authority[..<at].contains(":")
  }
}

private func definition(_ variable: Variable.Definition) -> Explanation.Definition {
  let origin: Explanation.Definition.Origin =
    switch variable.source {
    case .shell: .shell
    case .file(let range): .file(range)
    case .project: .projectName
    }
  return Explanation.Definition(value: variable.value, origin: origin)
}

private func definitions(_ variable: Variable) -> [Explanation.Definition] {
  ([Variable.Definition(value: variable.value, source: variable.source)] + variable.shadowed).map(definition)
}

private func containers(
  _ name: String, _ loaded: LoadedStack, _ reader: some FileReader, _ masking: Masking
) -> [Explanation.Container] {
  (loaded.merged["services"]?.mapping?.entries ?? []).compactMap { entry in
    // Only what runs: files of other services need not exist.
    guard loaded.serviceNames.contains(entry.key) else { return nil }
    let service = ServiceEnvironment(name: entry.key, reader: reader, report: Report(), readsFiles: true)
    var found: [Explanation.Definition] = []
    if let own = entry.value["environment"].map(keyed)?.mapping?[entry: name] {
      if let text = own.value.text {
        found.append(.init(value: text, origin: .service(own.keyPlace.range)))
      } else if let passed = own.value.place.origin.environment.all[name] {
        // A name alone: the same variable of the stack files.
        found += definitions(passed)
      } else {
        found.append(.init(value: nil, origin: .service(own.keyPlace.range)))
      }
    }
    for variable in service.fileDefinitions(of: name, in: entry.value).reversed() {
      if case .file(let range) = variable.source { found.append(.init(value: variable.value, origin: .serviceFile(range))) }
    }
    return found.isEmpty ? nil : Explanation.Container(service: entry.key, definitions: found.map(masking.masked))
  }
}
