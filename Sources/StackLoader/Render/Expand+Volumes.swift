extension Forms {
  static func longVolumes(_ node: Node, _ context: RenderContext) -> Node {
    guard let items = node.sequence else { return node }
    return node.with(.sequence(unique(items.map { longVolume($0, context) }) { $0["target"]?.text }))
  }

  /// The long form, with the place on the host complete.
  private static func longVolume(_ node: Node, _ context: RenderContext) -> Node {
    guard node.mapping != nil else {
      // Whether a variable stands for a path or a volume's name is not known.
      guard let text = node.text, context.interpolates || !text.hasPrefix("$") else { return node }
      return shortVolume(node, text, context) ?? node
    }
    var long = node
    if node["type"]?.text == "bind", let source = node["source"] { long = long.setting("source", context.path(source)) }
    if let target = node["target"] { long = long.setting("target", cleaned(target)) }
    return long
  }

  /// `[SOURCE:]TARGET[:OPTION,…]`
  private static func shortVolume(_ node: Node, _ text: String, _ context: RenderContext) -> Node? {
    let parts = split(text)
    guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    let source = parts.count > 1 ? parts[0] : nil
    let isBind = source.map { $0.hasPrefix(".") || $0.hasPrefix("/") || $0.hasPrefix("~") } ?? false
    var bind: [(String, Node?)] = []
    var volume: [(String, Node?)] = []
    var isReadOnly = false
    for option in parts.count > 2 ? parts[2].split(separator: ",").map(String.init) : [] {
      switch option {
      case "ro": isReadOnly = true
      case "nocopy": volume = [("nocopy", node.with(.bool(true)))]
      case "z", "Z": bind.append(("selinux", node.with(option)))
      case "private", "rprivate", "shared", "rshared", "slave", "rslave": bind.append(("propagation", node.with(option)))
      default: break
      }
    }
    if isBind { bind.append(("create_host_path", node.with(.bool(true)))) }
    return node.mapping(of: [
      ("type", node.with(isBind ? "bind" : "volume")),
      ("source", source.map { isBind ? context.path(node.with($0)) : node.with($0) }),
      ("target", cleaned(node.with(parts.count > 1 ? parts[1] : parts[0]))),
      ("read_only", isReadOnly ? node.with(.bool(true)) : nil),
      ("bind", bind.isEmpty ? nil : node.mapping(of: bind)), ("volume", isBind ? nil : node.mapping(of: volume)),
    ])
  }

  /// At the colons outside of `${…}`.
  private static func split(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "{" { depth += 1 }
      if character == "}" { depth = max(0, depth - 1) }
      if character == ":", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts
  }

  private static func cleaned(_ node: Node) -> Node {
    guard let text = node.text, text.hasPrefix("/") else { return node }
    return node.with(Paths.clean(text))
  }
}
