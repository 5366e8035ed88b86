import Diagnostics

/// Tells about every key that is unknown, refused or without effect.
struct KeyCheck {
  let report: Report

  func check(_ node: Node, _ tree: KeyTree = KeyTable.tree, at path: [String] = []) {
    switch node.value {
    case .sequence(let nodes): for item in nodes { check(item, tree, at: path) }
    case .mapping(let mapping):
      guard !tree.children.isEmpty else { return }
      for entry in mapping.entries { check(entry, tree, at: path) }
    default: break
    }
  }

  private func check(_ entry: Mapping.Entry, _ tree: KeyTree, at path: [String]) {
    if let known = tree.children[entry.key] {
      switch known.policy {
      case .decoded: check(entry.value, known, at: path + [entry.key])
      case .warned(let reason):
        report.warning(.withoutEffect, entry.keyPlace, "\(place(path))\"\(entry.key)\" has no effect", hint: reason)
      case .refused(let advice):
        guard !isEmpty(entry.value) else { return }
        report.error(
          .unsupported, entry.keyPlace, "\(place(path))\"\(entry.key)\" is not supported yet by this version", hint: advice)
      }
    } else if let any = tree.children["*"] {
      check(entry.value, any, at: path + [entry.key])
    } else if !entry.key.hasPrefix("x-") {
      let hint = nearestName(to: entry.key, among: tree.children.keys).map { "did you mean \"\($0)\"?" }
      report.error(
        .unknownKey, entry.keyPlace, "\(place(path))the key \"\(entry.key)\" is not known",
        hint: hint ?? "keys of your own start with x-")
    }
  }

  /// Asking for nothing is no reason to refuse.
  private func isEmpty(_ node: Node) -> Bool {
    switch node.value {
    case .null, .bool(false), .string(""): true
    case .mapping(let mapping): mapping.isEmpty
    case .sequence(let nodes): nodes.isEmpty
    default: false
    }
  }

  /// `service "web", build: ` for `services.web.build`.
  private func place(_ path: [String]) -> String {
    guard let section = path.first, path.count > 1 else { return path.first.map { "\($0): " } ?? "" }
    let rest = path.dropFirst(2)
    return "\(section.dropLast()) \"\(path[1])\"\(rest.isEmpty ? "" : ", " + rest.joined(separator: ".")): "
  }
}
