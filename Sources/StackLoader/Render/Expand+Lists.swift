/// Short forms that are lists, or single values of lists.
extension Forms {
  /// A text stands for a list of it.
  static func listed(_ node: Node, _: RenderContext) -> Node {
    node.text == nil ? node : node.with(.sequence([node]))
  }

  /// A list of names stands for a mapping with nothing said about each.
  static func namedList(_ node: Node, _: RenderContext) -> Node {
    guard let nodes = node.sequence, nodes.allSatisfy({ $0.text != nil }) else { return node }
    return node.mapping(of: nodes.map { ($0.text ?? "", $0.with(.null)) })
  }

  static func longDependencies(_ node: Node, _ context: RenderContext) -> Node {
    guard let mapping = namedList(node, context).mapping else { return node }
    return node.with(
      .mapping(
        mapping.mapValues { entry in
          guard entry.value.isNull || entry.value.mapping != nil else { return entry.value }
          var long = entry.value.isNull ? entry.value.mapping(of: []) : entry.value
          if long["condition"]?.text == nil { long = long.setting("condition", node.with("service_started")) }
          if long["required"].map(\.isNull) ?? true { long = long.setting("required", node.with(.bool(true))) }
          return long
        }))
  }

  static func longEnvFiles(_ node: Node, _: RenderContext) -> Node {
    guard !node.isNull else { return node }
    return node.with(
      .sequence(
        (node.sequence ?? [node]).map { item in
          guard item.mapping != nil || item.text != nil else { return item }
          let long = item.mapping == nil ? item.mapping(of: [("path", item)]) : item
          return long["required"] == nil ? long.setting("required", item.with(.bool(true))) : long
        }))
  }

  /// `NAME=ADDRESS`, sorted, addresses without brackets.
  static func longHosts(_ node: Node, _: RenderContext) -> Node {
    var hosts: [(name: String, address: Node)] = []
    if let nodes = node.sequence {
      for item in nodes {
        guard let text = item.text, let separator = text.firstIndex(of: "=") ?? text.firstIndex(of: ":") else { return node }
        hosts.append((String(text[..<separator]), item.with(String(text[text.index(after: separator)...]))))
      }
    } else if let mapping = node.mapping {
      for entry in mapping.entries {
        if entry.value.isNull, let separator = entry.key.firstIndex(of: ":") {
          // A list of `name:address` that merging made a mapping.
          hosts.append((String(entry.key[..<separator]), node.with(String(entry.key[entry.key.index(after: separator)...]))))
        } else {
          hosts += (entry.value.sequence ?? [entry.value]).map { (entry.key, $0) }
        }
      }
    } else {
      return node
    }
    let lines = hosts.map { host in
      let address = host.address.text ?? ""
      let isBracketed = address.hasPrefix("[") && address.hasSuffix("]")
      return "\(host.name)=\(isBracketed ? String(address.dropFirst().dropLast()) : address)"
    }
    return node.with(.sequence(lines.sorted().map { node.with($0) }))
  }

  /// A number stands for both limits. None at all is written out, since Compose takes 0 for nothing said.
  static func longUlimit(_ node: Node, _: RenderContext) -> Node {
    guard let number = node.text.flatMap({ Int64($0) }) else { return node }
    guard number == 0 else { return node.with(.integer(number)) }
    return node.mapping(of: [("soft", node.with(.integer(0))), ("hard", node.with(.integer(0)))])
  }

  /// Permission bits as a number.
  static func mode(_ node: Node, _: RenderContext) -> Node {
    Values.mode(node).map { node.with(.integer(Int64($0))) } ?? node
  }

  static func test(_ node: Node, _: RenderContext) -> Node {
    node.text == nil ? node : node.with(.sequence([node.with("CMD-SHELL"), node]))
  }

  static func pullPolicy(_ node: Node, _ context: RenderContext) -> Node {
    context.options.normalizes && node.text == "if_not_present" ? node.with("missing") : node
  }

  static func external(_ node: Node, _: RenderContext) -> Node { node.mapping == nil ? node : node.with(.bool(true)) }

  /// The directory of a local volume that is a bind.
  static func driverOptions(_ node: Node, _ context: RenderContext) -> Node {
    guard context.options.normalizes, node["o"]?.text == "bind", let device = node["device"] else { return node }
    return node.setting("device", context.path(device))
  }
}
