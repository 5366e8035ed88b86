import Diagnostics

/// What is declared and no service or job uses, those of inactive profiles included.
func checkUnused(_ lint: Lint) {
  var volumes: Set<String> = []
  var networks: Set<String> = []
  var secrets: Set<String> = []
  var configs: Set<String> = []
  let jobs = lint.model["jobs"]?.mapping?.entries.compactMap { LintedService($0) } ?? []
  for service in lint.services + jobs {
    for node in service["volumes"]?.sequence ?? [] {
      if node.mapping != nil {
        if let source = node["source"]?.text { volumes.insert(source) }
      } else if let text = node.text, let colon = text.firstIndex(of: ":") {
        volumes.insert(String(text[..<colon]))
      }
    }
    networks.formUnion(names(service["networks"]))
    if service["networks"] == nil, service["network_mode"] == nil { networks.insert("default") }
    for node in [service["secrets"], service["build"]?["secrets"]] { secrets.formUnion(sources(node)) }
    configs.formUnion(sources(service["configs"]))
  }
  let sections: [(key: String, noun: String, used: Set<String>, rule: LintRule)] = [
    ("volumes", "volume", volumes, .unusedVolume), ("networks", "network", networks, .unusedNetwork),
    ("secrets", "secret", secrets, .unusedSecret), ("configs", "config", configs, .unusedConfig),
  ]
  for section in sections {
    for entry in lint.model[section.key]?.mapping?.entries ?? [] where !section.used.contains(entry.key) {
      let near = nearestName(to: entry.key, among: section.used).map { "; did you mean it where \"\($0)\" is used?" } ?? ""
      lint.tell(
        section.rule, entry.keyPlace, nil, "the \(section.noun) \"\(entry.key)\" is not used by any service",
        hint: "remove it\(section.noun == "volume" ? " here; what is in it stays until you remove it yourself" : "")\(near)")
    }
  }
}

private func names(_ node: Node?) -> [String] { node?.sequence?.compactMap(\.text) ?? node?.mapping?.keys ?? [] }

private func sources(_ node: Node?) -> [String] { node?.sequence?.compactMap { $0.text ?? $0["source"]?.text } ?? [] }
