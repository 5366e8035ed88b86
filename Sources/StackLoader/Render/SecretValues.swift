import Diagnostics

/// The values of the secrets that come from variables, and where else in the stack they have got to through the same variables.
///
/// `config` prints the variable there: what it prints can be kept and shown, and means the same to whoever has the variables.
struct SecretValues: Sendable {
  /// Shorter values are only taken for the secret's when nothing else is in the text.
  private static let shortest = 4
  /// Stands before a variable's name in a tree, where a dollar sign would be one of the text's own.
  private static let marker = "\u{10FFFD}"

  private let variables: [(name: String, value: String)]

  init(_ model: Node) {
    let entries = model["secrets"]?.mapping?.entries ?? []
    let found = entries.compactMap { entry -> (String, String)? in
      guard let node = entry.value["environment"], let name = node.text, let value = node.place.origin.environment[name],
        !value.isEmpty
      else { return nil }
      return (name, value)
    }
    // A secret may be a part of another.
    variables = Dictionary(found) { first, _ in first }.map { ($0.key, $0.value) }
      .sorted { ($1.value.utf8.count, $0.name) < ($0.value.utf8.count, $1.name) }
  }

  func isSecret(_ text: String) -> Bool {
    variables.contains { text == $0.value || $0.value.utf8.count >= Self.shortest && text.contains($0.value) }
  }

  func hidden(in node: Node) -> Node {
    guard !variables.isEmpty else { return node }
    var copy = node
    switch node.value {
    case .string(let text): copy.value = .string(hidden(text, at: node.place))
    case .sequence(let nodes): copy.value = .sequence(nodes.map(hidden))
    case .mapping(let mapping): copy.value = .mapping(mapping.mapValues { hidden(in: $0.value) })
    default: break
    }
    return copy
  }

  /// What a variable stands for.
  func hiddenValue(_ value: String) -> String {
    variables.reduce(value) { text, secret in
      let isMeant = text == secret.value || secret.value.utf8.count >= Self.shortest && text.contains(secret.value)
      return isMeant ? text.replacing(secret.value, with: Self.marker + "{\(secret.name)}") : text
    }
  }

  /// What the file itself says in plain text is no secret: only what came through a variable is hidden.
  private func hidden(_ text: String, at place: Place) -> String {
    var text = text
    for (name, value) in variables where text == value || value.utf8.count >= Self.shortest && text.contains(value) {
      if Self.written(at: place).contains(value) { continue }
      text = text.replacing(value, with: Self.marker + "{\(name)}")
    }
    return text
  }

  /// What the file has at a place.
  private static func written(at place: Place) -> String {
    let lines = LineIndex(place.origin)
    guard place.start.line == place.end.line else {
      return (place.start.line...max(place.start.line, place.end.line)).compactMap(lines.text).joined(separator: "\n")
    }
    let line = (lines.text(place.start.line) ?? "").unicodeScalars
    let upToEnd = line.prefix(max(0, place.end.column - 1))
    return String(String.UnicodeScalarView(upToEnd.dropFirst(max(0, place.start.column - 1))))
  }

  func shown(_ text: String) -> String {
    guard text.contains(Self.marker) else { return text }
    return variables.reduce(text) { $0.replacing(Self.marker + "{\($1.name)}", with: "${\($1.name)}") }
  }
}
