/// A variable that the stack files name.
public struct TemplateVariable: Sendable, Equatable {
  public var name: String
  /// `${NAME:?…}`: there is no going on without it.
  public var isRequired = false
  /// Of `${NAME:-…}`.
  public var fallback = ""
  /// Of `${NAME:+…}`.
  public var alternative = ""
}

extension LoadedStack {
  /// `config --variables`: the variables that the values name, with what the first of them to say so says, sorted by name.
  public var templateVariables: [TemplateVariable] {
    var finder = VariableFinder()
    finder.look(in: merged)
    return finder.found.values.sorted { $0.name < $1.name }
  }
}

/// The variables, as a JSON or YAML mapping from their names, with the keys that Compose gives them.
public func renderVariables(_ variables: [TemplateVariable], format: ConfigFormat) -> String {
  let isJSON = format == .json
  let map = ConfigMap(
    variables.map { variable in
      (
        variable.name,
        .map([
          isJSON ? "Name" : "name": .string(variable.name),
          isJSON ? "DefaultValue" : "defaultvalue": .string(variable.fallback),
          isJSON ? "PresenceValue" : "presencevalue": .string(variable.alternative),
          isJSON ? "Required" : "required": .bool(variable.isRequired),
        ])
      )
    })
  return isJSON ? JSONWriter().text(.map(map)) : YAMLWriter().text(.map(map))
}

private struct VariableFinder {
  private(set) var found: [String: TemplateVariable] = [:]

  mutating func look(in node: Node) {
    switch node.value {
    case .mapping(let mapping): for entry in mapping.entries { look(in: entry.value) }
    case .sequence(let nodes): for item in nodes { look(in: item) }
    case .string(let text): look(in: text[...])
    default: break
    }
  }

  private mutating func look(in text: Substring) {
    var rest = text
    while let dollar = rest.firstIndex(of: "$") {
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        rest = rest.dropFirst()
      } else if rest.first == "{" {
        guard let end = closingBrace(rest) else { return }
        note(inside: rest[rest.index(after: rest.startIndex)..<end])
        rest = rest[rest.index(after: end)...]
      } else {
        let name = leadingName(rest)
        if !name.isEmpty { add(name) }
        rest = rest.dropFirst(name.count)
      }
    }
  }

  /// `NAME`, and an operator with the text after it.
  private mutating func note(inside text: Substring) {
    let name = leadingName(text)
    guard !name.isEmpty else { return }
    var rest = text.dropFirst(name.count)
    if rest.first == ":" { rest = rest.dropFirst() }
    let word = rest.dropFirst()
    add(name)
    switch rest.first {
    case "?": found[name]?.isRequired = true
    case "-":
      if found[name]?.fallback.isEmpty ?? false { found[name]?.fallback = String(word) }
      look(in: word)
    case "+":
      if found[name]?.alternative.isEmpty ?? false { found[name]?.alternative = String(word) }
      look(in: word)
    default: break
    }
  }

  private mutating func add(_ name: String) { if found[name] == nil { found[name] = TemplateVariable(name: name) } }

  private func leadingName(_ text: Substring) -> String {
    guard let first = text.first, first == "_" || first.isASCII && first.isLetter else { return "" }
    return String(text.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) })
  }

  private func closingBrace(_ text: Substring) -> Substring.Index? {
    var depth = 0
    for at in text.indices {
      if text[at] == "{" { depth += 1 }
      if text[at] == "}" {
        depth -= 1
        if depth == 0 { return at }
      }
    }
    return nil
  }
}
