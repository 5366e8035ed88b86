import Diagnostics

/// A secret under a document's top-level `secrets`.
struct SecretDefinition {
  private let key: String
  private let members: [(key: String, value: String, isText: Bool)]
  private let file: String

  init(_ secret: Adoption.Secret, in document: Node) {
    key = secret.key
    file = document.place.origin.file
    if let stored = secret.storedName {
      members = [("external", "true", false), ("name", stored, true)]
    } else {
      members = [("file", Self.relative(secret.path ?? "", document.place.origin), true)]
    }
  }

  /// Below the directory that paths start from it is written from there.
  private static func relative(_ path: String, _ origin: Origin) -> String {
    let shown = Paths.shown(path, from: origin.directory)
    return (shown == path ? path : "./" + shown).replacing("$", with: "$$")
  }

  /// False: nothing can be added here.
  func insert(_ collections: WrittenCollections, _ document: Node, _ changes: inout TextChanges) -> Bool {
    guard let root = document.mapping, let lastOfRoot = root.entries.last else { return false }
    let source = collections.source
    let isJSON = collections.isJSON(document)
    let flow = flow(isJSON)
    guard let section = root[entry: "secrets"] else {
      if collections.isFlow(document) {
        changes.insert(isJSON ? ", \"secrets\": {\(flow)}" : ", secrets: {\(flow)}", at: collections.end(of: lastOfRoot), in: file)
        return true
      }
      let step =
        root.entries.lazy.compactMap { entry in
          entry.value.mapping?.entries.first.flatMap { collections.indentation(of: $0.keyPlace) }
        }.first { !$0.isEmpty } ?? "  "
      let isEnded = source.bytes.last == 0x0A
      let text = "secrets:" + collections.lineEnd + block(step, step, collections.lineEnd) + collections.lineEnd
      changes.insert(
        (isEnded ? "" : collections.lineEnd) + (isSpaced(root, source) ? collections.lineEnd : "") + text, at: source.bytes.count, in: file)
      return true
    }
    guard let entries = section.value.mapping?.entries, let first = entries.first, let last = entries.last else {
      let end = source.offset(section.keyPlace.end)
      guard source.bytes[end...].first == UInt8(ascii: ":") else { return false }
      let token = source.scalar(at: section.value.place)
      if section.value.mapping != nil {
        changes.insert(flow, at: token.lowerBound + 1, in: file)
      } else {
        guard token.isEmpty || token.lowerBound < end else { return false }
        changes.insert(" {\(flow)}", at: end + 1, in: file)
      }
      return true
    }
    let end = collections.end(of: last)
    if collections.isFlow(section.value) {
      changes.insert(", \(flow)", at: end, in: file)
      return true
    }
    guard let indentation = collections.indentation(of: first.keyPlace), !indentation.isEmpty else { return false }
    let text = collections.lineEnd + block(indentation, indentation, collections.lineEnd)
    changes.insert(text, at: collections.endOfLine(end), in: file)
    return true
  }

  private func block(_ indentation: String, _ step: String, _ lineEnd: String) -> String {
    ([indentation + key + ":"] + members.map { indentation + step + $0.key + ": " + ($0.isText ? Self.scalar($0.value) : $0.value) })
      .joined(separator: lineEnd)
  }

  private func flow(_ isJSON: Bool) -> String {
    func name(_ text: String) -> String { isJSON ? "\"\(text)\"" : text }
    let parts = members.map { name($0.key) + ": " + ($0.isText ? (isJSON ? Self.quoted($0.value) : Self.scalar($0.value)) : $0.value) }
    return name(key) + ": {" + parts.joined(separator: ", ") + "}"
  }

  /// Plain where YAML reads it as the text that it is.
  private static func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.allSatisfy { isWordByte($0) || [0x2D, 0x2E, 0x2F].contains($0) } && text.utf8.contains { $0 >= 0x41 && isWordByte($0) }
    return isPlain && text.first.map({ $0.isLetter || $0 == "/" || text.hasPrefix("./") }) ?? false ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// Whether the file has empty lines between its sections.
  private func isSpaced(_ root: Mapping, _ source: SourceText) -> Bool {
    root.entries.dropFirst().contains { entry in
      let line = entry.keyPlace.start.line - 1
      return line > 0 && source.bytes[source.line(line)].allSatisfy { isBlank($0) }
    }
  }
}
