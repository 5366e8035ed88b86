extension Forms {
  static func longDevices(_ node: Node, _ context: RenderContext) -> Node {
    guard let items = node.sequence else { return node }
    return node.with(.sequence(unique(items.map { longDevice($0, context) }) { $0["target"]?.text }))
  }

  /// `SOURCE[:TARGET[:PERMISSIONS]]`
  private static func longDevice(_ node: Node, _ context: RenderContext) -> Node {
    guard node.mapping == nil, let text = node.text, context.interpolates || !text.contains("$") else { return node }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 3 else { return node }
    return node.mapping(of: [
      ("source", node.with(parts[0])), ("target", node.with(parts.count > 1 ? parts[1] : parts[0])),
      ("permissions", node.with(parts.count > 2 ? parts[2] : "rwm")),
    ])
  }

  /// `all`: one request for every device.
  static func longGPUs(_ node: Node, _: RenderContext) -> Node {
    guard node.text == "all" else { return node }
    return node.with(.sequence([node.mapping(of: [("count", node.with(.integer(-1)))])]))
  }

  /// `all` is -1.
  static func count(_ node: Node, _: RenderContext) -> Node { node.text == "all" ? node.with(.integer(-1)) : node }

  static func longConfigs(_ node: Node, _: RenderContext) -> Node {
    guard let items = node.sequence else { return node }
    return node.with(.sequence(unique(items.map(longGrant)) { $0["target"]?.text ?? $0["source"]?.text.map { "/" + $0 } }))
  }

  private static func longGrant(_ node: Node) -> Node {
    node.text == nil ? node : node.mapping(of: [("source", node)])
  }

  /// Secrets of services are under `/run/secrets`, those of builds where the build says.
  static func longSecrets(_ node: Node, _: RenderContext) -> Node {
    guard let items = node.sequence else { return node }
    let long = items.map { item in
      let long = longGrant(item)
      guard long["target"]?.text == nil, let source = long["source"]?.text else { return long }
      return long.setting("target", item.with("/run/secrets/\(source)"))
    }
    return node.with(.sequence(unique(long) { $0["target"]?.text }))
  }
}
