import StackModel

extension ServiceDecoder {
  func provider() -> Provider? {
    guard let written = fields.child("provider") else { return nil }
    guard let type = written.text("type"), !type.isEmpty else {
      return written.invalid("type", written.node, "is missing", hint: "type is the name of the program that provides the service")
    }
    var provider = Provider(type: type)
    for entry in written.members("options") {
      let values = entry.value.sequence ?? (entry.value.isNull ? [] : [entry.value])
      provider.options[entry.key] = values.compactMap {
        $0.text ?? written.wrong("options.\(entry.key)", $0, "a text, a number, a boolean or a list of them")
      }
    }
    return provider
  }

  func credentialSpec() -> CredentialSpec? {
    guard let written = fields.child("credential_spec") else { return nil }
    let sources = ["config", "file", "registry"].filter { written.node[$0]?.isNull == false }
    if sources.count > 1 {
      report.error(
        .conflict, written.place(sources[1]), "\(written.subject) has both \(sources.joined(separator: " and "))", hint: "keep one of them")
    }
    if let config = written.text("config") {
      isDeclared(config, "config", written.place("config"), project.configs, section: "configs")
      return .config(ConfigName(config))
    }
    return written.text("file").map { .file($0) } ?? written.text("registry").map { .registry($0) }
  }

  /// Tells about a name that stands for nothing.
  func isDeclared(_ name: String, _ noun: String, _ place: Place, _ known: Set<String>, section: String) {
    guard !known.contains(name) else { return }
    let near = report.suggestion(for: name, among: known)
    report.error(
      .undeclared, place, "\(subject) uses the \(noun) \"\(name)\", which is not declared",
      hint: near ?? "declare it under the top-level \(section)")
  }
}
