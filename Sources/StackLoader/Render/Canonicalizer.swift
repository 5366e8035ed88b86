/// Brings a tree into its canonical form. What cannot be read, because it is wrong or a variable is still in it, stays as it is.
struct Canonicalizer {
  let context: RenderContext

  func value(_ node: Node, _ form: Form) -> ConfigValue {
    if !context.interpolates { return written(node, form) }
    switch form {
    case .any: return ConfigValue(node)
    case .text: return node.text.map { .string($0) } ?? ConfigValue(node)
    case .bool: return node.text.flatMap(Values.bool).map { .bool($0) } ?? ConfigValue(node)
    case .integer: return integer(node)
    case .number: return number(node)
    case .bytes: return bytes(node)
    case .duration: return node.text.flatMap(Values.duration).map { .string(Values.text(ofDuration: $0)) } ?? ConfigValue(node)
    case .list(let item): return list(node, item)
    case .texts: return texts(node)
    case .command: return command(node)
    case .pairs(let unset): return pairs(node, unset)
    case .named(let item, let isOptional): return named(node, item, isOptional: isOptional)
    case .object(let members): return object(node, members)
    case .expanded(let change, let long), .normalized(let change, let long): return value(change(node, context), long)
    }
  }

  private func integer(_ node: Node) -> ConfigValue {
    if case .float(let value) = node.value, let exact = Int64(exactly: value) { return .integer(exact) }
    return node.text.flatMap { Int64($0) }.map { .integer($0) } ?? ConfigValue(node)
  }

  private func number(_ node: Node) -> ConfigValue {
    guard let text = node.text, let value = Float(text), value.isFinite else { return ConfigValue(node) }
    return Int64(exactly: value).map { .integer($0) } ?? Double(value.description).map { .float($0) } ?? ConfigValue(node)
  }

  private func bytes(_ node: Node) -> ConfigValue {
    guard let text = node.text else { return ConfigValue(node) }
    return .string((Int64(text) ?? Values.bytes(text)).map { String($0) } ?? text)
  }

  private func list(_ node: Node, _ item: Form) -> ConfigValue {
    guard let nodes = node.sequence else { return ConfigValue(node) }
    return .list(nodes.map { value($0, item) })
  }

  private func texts(_ node: Node) -> ConfigValue {
    var seen: Set<String> = []
    switch node.value {
    case .sequence(let nodes):
      return .list(nodes.filter { $0.text.map { seen.insert($0).inserted } ?? true }.map { value($0, .text) })
    case .null, .mapping: return ConfigValue(node)
    default: return .list([value(node, .text)])
    }
  }

  private func command(_ node: Node) -> ConfigValue {
    switch node.value {
    case .sequence(let nodes): .list(nodes.map { value($0, .text) })
    case .mapping, .null: ConfigValue(node)
    default: Values.words(node.text ?? "").map { .list($0.map { .string($0) }) } ?? ConfigValue(node)
    }
  }

  private func pairs(_ node: Node, _ unset: Form.Unset) -> ConfigValue {
    guard let mapping = keyed(node).mapping else { return ConfigValue(node) }
    return .map(
      ConfigMap(
        sorting: mapping.entries.map { entry in
          guard entry.value.isNull else { return (entry.key, value(entry.value, .text)) }
          return (entry.key, unset == .null ? .null : .string(""))
        }))
  }

  private func named(_ node: Node, _ item: Form, isOptional: Bool) -> ConfigValue {
    guard let mapping = node.mapping else { return ConfigValue(node) }
    return .map(
      ConfigMap(
        sorting: mapping.entries.map { entry in
          let isAbsent = entry.value.isNull
          return (entry.key, isAbsent ? (isOptional ? .null : .map([:])) : value(entry.value, item))
        }))
  }

  private func object(_ node: Node, _ members: [Member]) -> ConfigValue {
    guard let mapping = node.mapping else { return ConfigValue(node) }
    var map = ConfigMap()
    for member in members {
      if let written = mapping[member.key], !written.isNull {
        let found = value(written, member.form)
        let isNothing = found.isZero || found == .string("0s") || found == .string("0") && isBytes(member.form)
        if member.keepsZero || !isNothing {
          map[member.key] = found
          continue
        }
      }
      if context.format == .json, let json = member.json { map[member.key] = json.value }
    }
    let known = Set(members.map(\.key))
    let others = mapping.entries.filter { !known.contains($0.key) && !(context.format == .json && $0.key.hasPrefix("x-")) }
    for entry in others.sorted(by: { isNaturallyBefore($0.key, $1.key) }) { map[entry.key] = ConfigValue(entry.value) }
    return .map(map)
  }

  private func isBytes(_ form: Form) -> Bool { if case .bytes = form { true } else { false } }

  /// With variables in the values: long forms where Compose makes them, and otherwise as it is written.
  private func written(_ node: Node, _ form: Form) -> ConfigValue {
    switch form {
    case .expanded(let expand, let long): return value(expand(node, context), long)
    case .named(let item, _):
      guard let mapping = node.mapping else { return ConfigValue(node) }
      return .map(ConfigMap(sorting: mapping.entries.map { ($0.key, value($0.value, item)) }))
    case .object(let members):
      guard let mapping = node.mapping else { return ConfigValue(node) }
      let forms = Dictionary(members.map { ($0.key, $0.form) }) { first, _ in first }
      return .map(ConfigMap(sorting: mapping.entries.map { ($0.key, value($0.value, forms[$0.key] ?? .any)) }))
    case .list(let item):
      guard let nodes = node.sequence else { return ConfigValue(node) }
      return .list(nodes.map { value($0, item) })
    default: return ConfigValue(node)
    }
  }
}

extension Member.JSONDefault {
  /// Compose's JSON has these keys always.
  var value: ConfigValue {
    switch self {
    case .null: .null
    case .map: .map([:])
    case .hook: .map(["command": .null])
    }
  }
}
