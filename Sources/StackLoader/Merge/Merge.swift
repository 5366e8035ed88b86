/// Merges one file's tree over another's.
struct Merger {
  let report: Report

  /// `later` over `earlier`; `path` says where both stand.
  func merge(_ earlier: Node, _ later: Node, at path: [String] = []) -> Node {
    if later.tag == .override { return settled(later) }
    switch (MergeRule.rule(for: path), later.value) {
    case (.replace?, _): return settled(later)
    case (.keyed?, _): return mergeKeyed(keyed(earlier), keyed(later), path)
    case (.named?, _): return mergeDeep(named(earlier, path), named(later, path), path)
    case (.list?, _): return mergeDeep(listed(earlier), listed(later), path)
    case (.build?, _): return mergeDeep(buildMapping(earlier), buildMapping(later), path)
    case (.logging?, .mapping):
      if let driver = later["driver"]?.text, let before = earlier["driver"]?.text, driver != before { return settled(later) }
      return mergeDeep(earlier, later, path)
    case (.sameKindOrReplace?, _):
      if case (.mapping, .mapping) = (earlier.value, later.value) { return mergeDeep(earlier, later, path) }
      return settled(later)
    default: return mergeDeep(earlier, later, path)
    }
  }

  private func mergeDeep(_ earlier: Node, _ later: Node, _ path: [String]) -> Node {
    switch (earlier.value, later.value) {
    case (.mapping(let first), .mapping(let second)):
      let hasResets = second.entries.contains { $0.value.tag == .reset }
      var merged = hasResets ? first.filter { second[$0.key]?.tag != .reset } : first
      for entry in second.entries where entry.value.tag != .reset {
        // Keys of your own are nobody's to merge.
        if let before = first[entry.key], !entry.key.hasPrefix("x-") {
          merged.set(entry.key, merge(before, entry.value, at: path + [entry.key]))
        } else {
          merged[entry: entry.key] = settled(entry)
        }
      }
      var node = later
      node.value = .mapping(merged)
      return node
    case (.sequence(let first), .sequence(let second)):
      var node = later
      node.value = .sequence(first + second.map(settled))
      return node
    // A key without a value says nothing.
    case (_, .null): return earlier
    case (.mapping, _), (.sequence, _), (.string, .mapping), (.string, .sequence):
      report.error(
        .merge, later.place, "\(path.joined(separator: ".")) is \(later.kind) here and \(earlier.kind) in \(earlier.place.range)",
        hint: "write both in one form, or replace the earlier one with !override")
      return earlier
    default: return settled(later)
    }
  }

  /// By name, each with the later value, be it none: `A` alone takes A from the environment.
  private func mergeKeyed(_ earlier: Node, _ later: Node, _ path: [String]) -> Node {
    guard let first = earlier.mapping, let second = later.mapping else { return mergeDeep(earlier, later, path) }
    var merged = first.filter { second[$0.key]?.tag != .reset }
    for entry in second.entries where entry.value.tag != .reset { merged[entry: entry.key] = settled(entry) }
    var node = later
    node.value = .mapping(merged)
    return node
  }

  private func settled(_ entry: Mapping.Entry) -> Mapping.Entry {
    Mapping.Entry(key: entry.key, keyPlace: entry.keyPlace, value: settled(entry.value))
  }

  /// Without merge tags: what they ask for has been done, or there was nothing to do it to.
  func settled(_ node: Node) -> Node {
    guard hasTags(node) else { return node }
    var copy = node
    copy.tag = .none
    switch node.value {
    case .mapping(let mapping):
      copy.value = .mapping(mapping.filter { $0.value.tag != .reset }.mapValues { settled($0.value) })
    case .sequence(let nodes): copy.value = .sequence(nodes.filter { $0.tag != .reset }.map(settled))
    default: break
    }
    return copy
  }

  private func hasTags(_ node: Node) -> Bool {
    guard node.tag == .none else { return true }
    switch node.value {
    case .mapping(let mapping):
      for at in mapping.entries.indices {
        if mapping.entries[at].value.tag != .none { return true }
        if mapping.entries[at].value.isCollection, hasTags(mapping.entries[at].value) { return true }
      }
    case .sequence(let nodes):
      for at in nodes.indices {
        if nodes[at].tag != .none { return true }
        if nodes[at].isCollection, hasTags(nodes[at]) { return true }
      }
    default: break
    }
    return false
  }

  private func named(_ node: Node, _ path: [String]) -> Node {
    guard let nodes = node.sequence else { return node }
    var mapping = Mapping()
    for item in nodes {
      guard let name = item.text else { return node }
      let value = path.last == "depends_on" ? item.with(.mapping(started(item))) : item.with(.null)
      mapping[entry: name] = Mapping.Entry(key: name, keyPlace: item.place, value: value)
    }
    return copy(node, .mapping(mapping))
  }

  /// What a name alone says in `depends_on`.
  private func started(_ item: Node) -> Mapping {
    var mapping = Mapping()
    mapping.set("condition", item.with("service_started"))
    mapping.set("required", item.with(.bool(true)))
    return mapping
  }

  private func listed(_ node: Node) -> Node {
    switch node.value {
    case .sequence, .null, .mapping: node
    default: copy(node, .sequence([node.with(node.value)]))
    }
  }

  private func buildMapping(_ node: Node) -> Node {
    guard node.string != nil else { return node }
    var mapping = Mapping()
    mapping.set("context", node.with(node.value))
    return copy(node, .mapping(mapping))
  }

  private func copy(_ node: Node, _ value: Node.Value) -> Node {
    var copy = node
    copy.value = value
    return copy
  }
}

/// `NAME=value` lists as mappings: a name alone has no value. Hosts may be written `name:address`. Anything else is left as
/// it is, to be told about when it is decoded.
func keyed(_ node: Node) -> Node {
  guard let nodes = node.sequence else { return node }
  var mapping = Mapping()
  for item in nodes {
    guard let text = item.text else { return node }
    let separator = text.firstIndex(of: "=")
    let name = separator.map { String(text[..<$0]) } ?? text
    let value = separator.map { Node(.string(String(text[text.index(after: $0)...])), item.place) } ?? item.with(.null)
    mapping[entry: name] = Mapping.Entry(key: name, keyPlace: item.place, value: value)
  }
  var copy = node
  copy.value = .mapping(mapping)
  return copy
}
