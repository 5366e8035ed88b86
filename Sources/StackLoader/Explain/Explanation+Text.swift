import Diagnostics

extension Explanation {
  /// For people, a line each.
  public func text() -> String {
    var lines: [String] = []
    lines.append("\(name) in the stack files:")
    lines += definitions.isEmpty ? ["  is not set"] : rows(definitions)
    if !uses.isEmpty { lines.append("used in:") }
    for use in uses {
      let own = use.definition.map { " \($0.shown), from \($0.source)" } ?? ""
      lines.append("  \(use.place): \(use.outcome.shown)\(own)")
    }
    if !containers.isEmpty { lines.append("in containers:") }
    for container in containers {
      lines.append("  \(container.service):")
      lines += rows(container.definitions).map { "  " + $0 }
    }
    return lines.map { visible($0) + "\n" }.joined()
  }

  private func rows(_ definitions: [Definition]) -> [String] {
    definitions.enumerated().map { "  \($0 == 0 ? "" : "hides ")\($1.shown), from \($1.source)" }
  }

  /// For programs.
  public func json() -> String {
    func definitions(_ list: [Definition]) -> ConfigValue { .list(list.map(\.json)) }
    return JSONWriter().text(
      .map([
        "name": .string(name), "secret": .bool(isSecret), "definitions": definitions(self.definitions),
        "uses": .list(
          uses.map { use in
            var map: ConfigMap = ["place": .string(use.place.description), "outcome": .string(use.outcome.rawValue)]
            map["definition"] = use.definition?.json
            return .map(map)
          }),
        "containers": .list(
          containers.map { .map(["service": .string($0.service), "definitions": definitions($0.definitions)]) }),
      ]))
  }
}

extension Explanation.Definition {
  fileprivate var shown: String {
    guard let value else { return "not set" }
    return value.isEmpty ? "empty" : value == "***" ? value : "\"\(value)\""
  }

  /// In words, with the place.
  fileprivate var source: String {
    switch origin {
    case .shell: "the environment"
    case .file(let range): "\(range)"
    case .projectName: "the project's name"
    case .service(let range): "environment in \(range)"
    case .serviceFile(let range): "env_file \(range)"
    }
  }

  fileprivate var json: ConfigValue {
    let (kind, place): (String, SourceRange?) =
      switch origin {
      case .shell: ("shell", nil)
      case .file(let range): ("file", range)
      case .projectName: ("project", nil)
      case .service(let range): ("environment", range)
      case .serviceFile(let range): ("env_file", range)
      }
    var map: ConfigMap = ["value": value.map { .string($0) } ?? .null, "from": .string(kind)]
    map["place"] = place.map { .string($0.description) }
    return .map(map)
  }
}

extension Explanation.Use.Outcome {
  fileprivate var shown: String {
    switch self {
    case .value: "its value"
    case .fallback: "the default that is written there"
    case .alternative: "what is written there after +"
    case .nothing: "nothing"
    case .missing: "refused, since it must be set"
    }
  }
}
