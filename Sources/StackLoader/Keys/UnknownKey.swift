import Diagnostics

/// What to do about a key that its place does not know: the name that was meant, or the place where it belongs.
struct UnknownKey {
  let name: String
  let value: Node
  /// The names that lead to the mapping it is in.
  let path: [String]
  let mapping: MappingShape
  let isItem: Bool

  var advice: String? {
    if let whole { return whole }
    if let former = FormerKeys.advice(for: name, at: path) { return former }
    let near = nearestName(to: name, among: mapping.keys.map(\.name))
    if let near, editDistance(Array(name.lowercased().utf8), Array(near.utf8)) <= 1 { return meant(near) }
    return inside ?? outside ?? near.map(meant) ?? elsewhere ?? known
  }

  private func meant(_ name: String) -> String { "did you mean \"\(name)\"?" }

  /// An entry of a list that YAML takes for a mapping, for want of quotes: `- 8080: 80`.
  private var whole: String? {
    guard isItem, let key = path.last, ["ports", "volumes", "devices"].contains(key),
      nearestName(to: name, among: mapping.keys.map(\.name)) == nil
    else { return nil }
    guard let text = value.text ?? (value.isNull ? "" : nil) else { return nil }
    return "quote it, without the blank: \"\(name):\(text)\""
  }

  /// Under one of the keys here: `replicas` belongs under `deploy`.
  private var inside: String? {
    let places = below(mapping, depth: 0)
    guard let least = places.map(\.count).min() else { return nil }
    // The block that is already there is the one that was meant.
    let nearest = places.filter { $0.count == least }.prefix(3).map { $0.joined(separator: ".") }
    return "it belongs under \(listed(nearest, "or"))"
  }

  /// The ways through known keys to this one, without those through lists.
  private func below(_ mapping: MappingShape, depth: Int) -> [[String]] {
    guard depth < 3 else { return [] }
    return mapping.keys.flatMap { key -> [[String]] in
      guard let inner = key.shape.mapping else { return [] }
      if inner[name] != nil { return [[key.name]] }
      if inner.value?.mapping?[name] != nil { return [[key.name, "NAME"]] }
      return below(inner, depth: depth + 1).map { [key.name] + $0 }
    }
  }

  /// In one of the mappings around: `ports` in `build` belongs to the service.
  private var outside: String? {
    var outer = path
    while let left = outer.popLast() {
      guard let around = KeyTable.shape(at: outer)?.mapping ?? KeyTable.shape(at: outer)?.list?.item.mapping, around[name] != nil else {
        continue
      }
      let step = "indent it as far as \(left):"
      return outer.count == 2 ? "it belongs to the \(outer[0].dropLast()) itself; \(step)" : "it belongs one level out; \(step)"
    }
    return nil
  }

  /// Anywhere else: a service's key at the top, a section's key in a service.
  private var elsewhere: String? {
    if path.isEmpty, KeyTable.service.mapping?[name] != nil {
      return "it belongs to a service: write it, indented, below the service's name"
    }
    if path.first == "services", path.count == 2 {
      for section in ["networks", "volumes", "secrets", "configs"] where KeyTable.shape(at: [section, "*"])?.mapping?[name] != nil {
        return "it belongs to an entry of the top-level \(section)"
      }
    }
    if path.first == "jobs", path.count == 2, KeyTable.service.mapping?[name] != nil {
      return "only services have it; a job runs to its end"
    }
    if path.first != "services", path.count == 2, KeyTable.service.mapping?[name] != nil { return "it belongs to a service" }
    return nil
  }

  private var known: String? {
    if mapping.keys.count <= 9, !mapping.keys.isEmpty { return "its keys are \(listed(mapping.keys.map(\.name), "and"))" }
    return mapping.allowsExtensions ? "keys of your own start with x-" : nil
  }
}
