import Diagnostics

/// Lists in which a later entry takes the place of an earlier one for the same thing (Compose Specification, "Unique resources"):
/// a mount by its target, a port by its address, host port, container port and protocol, others by what they say.
///
/// What one file says twice in one list is told about; what several have in common is what merging is for.
struct Unique {
  let report: Report

  private enum Identity {
    case text, port, volume, device, envFile
    /// Below this directory when no target is given.
    case mount(directory: String)
  }

  private static let services: [String: Identity] = [
    "cap_add": .text, "cap_drop": .text, "dns": .text, "dns_opt": .text, "dns_search": .text, "expose": .text, "links": .text,
    "profiles": .text, "tmpfs": .text, "env_file": .envFile, "ports": .port, "volumes": .volume, "devices": .device,
    "secrets": .mount(directory: "/run/secrets/"), "configs": .mount(directory: "/"), "environment": .text, "labels": .text,
    "annotations": .text, "sysctls": .text,
  ]

  /// The merged tree, each thing once.
  func enforced(_ model: Node) -> Node {
    guard var sections = model.mapping, let services = sections["services"], let mapping = services.mapping else { return model }
    sections.set("services", Self.with(services, .mapping(mapping.mapValues { service($0.key, $0.value) })))
    return Self.with(model, .mapping(sections))
  }

  private func service(_ name: String, _ node: Node) -> Node {
    var subject: String { "service \"\(name)\"" }
    guard var mapping = node.mapping else { return node }
    for at in mapping.entries.indices where mapping.entries[at].value.isCollection {
      let entry = mapping.entries[at]
      if let identity = Self.services[entry.key] {
        if let kept = once(entry.value, identity, "\(subject): \(entry.key)") { mapping.set(entry.key, kept) }
      } else if entry.key == "build" {
        if let kept = inner(entry.value, ["tags", "args", "labels"], "\(subject), build") { mapping.set(entry.key, kept) }
      } else if entry.key == "networks", let networks = entry.value.mapping {
        let kept = networks.mapValues { inner($0.value, ["aliases", "link_local_ips"], "\(subject), networks.\($0.key)") ?? $0.value }
        mapping.set(entry.key, Self.with(entry.value, .mapping(kept)))
      }
    }
    return Self.with(node, .mapping(mapping))
  }

  private func inner(_ node: Node, _ keys: [String], _ subject: @autoclosure () -> String) -> Node? {
    guard var mapping = node.mapping else { return nil }
    var isChanged = false
    for key in keys {
      guard let kept = mapping[key].flatMap({ once($0, .text, "\(subject()): \(key)") }) else { continue }
      mapping.set(key, kept)
      isChanged = true
    }
    return isChanged ? Self.with(node, .mapping(mapping)) : nil
  }

  /// The list without what is replaced; nil when nothing is.
  private func once(_ node: Node, _ identity: Identity, _ list: @autoclosure () -> String) -> Node? {
    guard let items = node.sequence, items.count > 1 else { return nil }
    // Of the wrong type: told about when it is decoded.
    let kept = unique(items, by: { Self.key(of: $0, identity) }, replacing: { first, item in tell(item, first, list(), identity) })
    return kept.count == items.count ? nil : Self.with(node, .sequence(kept))
  }

  private func tell(_ item: Node, _ first: Node, _ list: String, _ identity: Identity) {
    guard first.place.origin === item.place.origin, first.place.trail === item.place.trail,
      (first.place.start.line, first.place.start.column) < (item.place.start.line, item.place.start.column)
    else { return }
    let before = "line \(first.place.start.line), column \(first.place.start.column)"
    let what: String
    switch identity {
    case .volume: what = "two mounts at \(Self.key(of: item, identity) ?? "one place"); the later one is used"
    case .mount: what = "two entries for \(Self.key(of: item, identity) ?? "one file"); the later one is used"
    // A name alone: what it is set to may be a password.
    case .text: what = Self.key(of: item, identity).map { "\"\(shortened($0))\" twice" } ?? "one entry twice"
    default: what = item.text.map { "\"\(shortened($0))\" twice" } ?? "one entry twice"
    }
    report.warning(.duplicateItem, item.place, "\(list) has \(what)", hint: "keep one of them; the other is in \(before)")
  }

  private static func key(of item: Node, _ identity: Identity) -> String? {
    switch identity {
    case .text: item.text.map { String(Substring($0.utf8.prefix { $0 != UInt8(ascii: "=") })) }
    case .envFile: item.text ?? item["path"]?.text
    case .port: port(item)
    case .volume: (item["target"]?.text ?? item.text.map(target)).map(withoutSlash)
    case .device: item["target"]?.text ?? item.text.map(target)
    case .mount(let directory):
      item.text.map { directory + $0 } ?? item["target"]?.text.map { $0.hasPrefix("/") ? $0 : directory + $0 }
        ?? item["source"]?.text.map { directory + $0 }
    }
  }

  /// `[SOURCE:]TARGET[:OPTIONS]`
  private static func target(_ text: String) -> String {
    let colon = UInt8(ascii: ":")
    guard let first = text.utf8.firstIndex(of: colon) else { return text }
    return String(Substring(text.utf8[first...].dropFirst().prefix { $0 != colon }))
  }

  private static func withoutSlash(_ path: String) -> String {
    path.utf8.last == UInt8(ascii: "/") && path.utf8.count > 1 ? String(path.dropLast()) : path
  }

  /// `ADDRESS|HOST|CONTAINER|PROTOCOL`, whichever way it is written.
  private static func port(_ item: Node) -> String? {
    if item.mapping != nil {
      guard let target = item["target"]?.text else { return nil }
      return "\(address(item["host_ip"]?.text))|\(item["published"]?.text ?? "")|\(target)|\(item["protocol"]?.text ?? "tcp")"
    }
    guard let text = item.text else { return nil }
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var rest = halves[0]
    var parts: [Substring] = []
    while parts.count < 2, let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
      parts.insert(rest[rest.index(after: colon)...], at: 0)
      rest = rest[..<colon]
    }
    parts.insert(rest, at: 0)
    let host = parts.count > 1 ? parts[parts.count - 2] : ""
    return "\(address(parts.count > 2 ? String(parts[0]) : nil))|\(host)|\(parts[parts.count - 1])|\(halves.count > 1 ? halves[1] : "tcp")"
  }

  /// All addresses are 0.0.0.0, written or not.
  private static func address(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "0.0.0.0" }
    return text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
  }

  private static func with(_ node: Node, _ value: Node.Value) -> Node {
    var copy = node
    copy.value = value
    return copy
  }
}
