extension Forms {
  /// Every port by itself, none twice; as they are written while one of them is not known.
  static func longPorts(_ node: Node, _ context: RenderContext) -> Node {
    guard let items = node.sequence else { return node }
    if !context.interpolates, items.contains(where: { $0.text?.contains("$") ?? false }) { return node }
    var seen: Set<[String?]> = []
    let ports = items.flatMap { item in longPort(item) ?? [item] }
    return node.with(
      .sequence(
        ports.filter { port in
          guard port.mapping != nil else { return true }
          return seen.insert(["host_ip", "target", "published", "protocol"].map { port[$0]?.text }).inserted
        }))
  }

  private static func longPort(_ node: Node) -> [Node]? {
    guard node.mapping == nil else {
      var long = node
      for (key, standard) in [("mode", "ingress"), ("protocol", "tcp")] where long[key]?.text == nil {
        long = long.setting(key, node.with(standard))
      }
      return [long]
    }
    guard let text = node.text, let entry = ShortPort(text) else { return nil }
    return entry.mappings.map { mapping in
      node.mapping(of: [
        ("mode", node.with("ingress")), ("host_ip", entry.address.map { node.with($0) }),
        ("target", node.with(.integer(Int64(mapping.target)))), ("published", mapping.published.map { node.with($0) }),
        ("protocol", node.with(entry.transport)),
      ])
    }
  }
}

/// `[[ADDRESS:][HOST[-HOST]]:]CONTAINER[-CONTAINER][/PROTOCOL]`; nil: not of that form.
private struct ShortPort {
  var address: String?
  var transport = "tcp"
  var mappings: [(target: Int, published: String?)] = []

  init?(_ text: String) {
    var rest = Substring(text)
    if let slash = rest.lastIndex(of: "/") {
      transport = rest[rest.index(after: slash)...].lowercased()
      rest = rest[..<slash]
    }
    var parts: [Substring] = []
    while parts.count < 2, let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
      parts.insert(rest[rest.index(after: colon)...], at: 0)
      rest = rest[..<colon]
    }
    parts.insert(rest, at: 0)
    guard let target = Self.range(parts[parts.count - 1]) else { return nil }
    if parts.count > 2, !parts[0].isEmpty {
      let isBracketed = parts[0].hasPrefix("[") && parts[0].hasSuffix("]")
      address = String(isBracketed ? parts[0].dropFirst().dropLast() : parts[0])
    }
    let host = parts.count > 1 ? parts[parts.count - 2] : ""
    guard !host.isEmpty else {
      mappings = target.map { ($0, nil) }
      sort()
      return
    }
    guard let published = Self.range(host) else { return nil }
    if published.count == target.count {
      mappings = zip(target, published).map { ($0, String($1)) }
    } else if target.count == 1 {
      mappings = [(target.lowerBound, String(host))]
    } else {
      return nil
    }
    sort()
  }

  /// As Compose does: by the text of the container's port.
  private mutating func sort() { mappings.sort { String($0.target) < String($1.target) } }

  private static func range(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first >= 0, first <= last, last <= 65535 else {
      return nil
    }
    return first...last
  }
}
