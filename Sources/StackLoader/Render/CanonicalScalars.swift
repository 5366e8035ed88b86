import StackModel

/// Scalars in the form that `config` prints; what is not of the kind stays as it is.
func canonicalText(_ node: Node) -> ConfigValue { node.text.map { .string($0) } ?? ConfigValue(node) }

func canonicalBool(_ node: Node) -> ConfigValue { node.string.flatMap(Values.bool).map { .bool($0) } ?? ConfigValue(node) }

func canonicalInteger(_ node: Node) -> ConfigValue { node.text.flatMap { Int64($0) }.map { .integer($0) } ?? ConfigValue(node) }

func canonicalNumber(_ node: Node) -> ConfigValue {
  guard let text = node.text, let value = Double(text) else { return ConfigValue(node) }
  return Int64(exactly: value).map { .integer($0) } ?? .float(value)
}

func canonicalBytes(_ node: Node) -> ConfigValue { .string(node.text.map { text in Values.bytes(text).map { String($0) } ?? text } ?? "") }

func canonicalDuration(_ node: Node) -> ConfigValue {
  node.text.flatMap(Values.duration).map { .string(Values.text(ofDuration: $0)) } ?? ConfigValue(node)
}

func canonicalTexts(_ node: Node) -> ConfigValue {
  var seen: Set<String> = []
  switch node.value {
  case .sequence(let nodes): return .list(nodes.filter { $0.text.map { seen.insert($0).inserted } ?? true }.map(canonicalText))
  case .null, .mapping: return ConfigValue(node)
  default: return .list([canonicalText(node)])
  }
}

/// `NAME=value` lists and mappings as mappings of texts; nil when neither.
func canonicalPairs(_ node: Node, keepingUnset: Bool = false) -> ConfigValue? {
  guard let mapping = keyed(node).mapping else { return nil }
  return .map(
    Dictionary(
      mapping.entries.map { entry in
        (entry.key, entry.value.isNull ? (keepingUnset ? .null : .string("")) : canonicalText(entry.value))
      }
    ) { $1 })
}

func canonicalCommand(_ node: Node) -> ConfigValue {
  switch node.value {
  case .sequence: return canonicalTexts(repeating: node)
  case .mapping, .null: return ConfigValue(node)
  default: return Values.words(node.text ?? "").map { .list($0.map { .string($0) }) } ?? ConfigValue(node)
  }
}

/// A list whose texts may repeat.
private func canonicalTexts(repeating node: Node) -> ConfigValue { .list(node.sequence?.map(canonicalText) ?? []) }

/// `NAME=ADDRESS`, sorted.
func canonicalHosts(_ node: Node) -> ConfigValue {
  let hosts = extraHosts(
    Fields(
      node: Node(.mapping(Mapping([.init(key: "extra_hosts", keyPlace: node.place, value: node)])), node.place), subject: "",
      report: Report()))
  return hosts.isEmpty ? ConfigValue(node) : .list(hosts.map { "\($0.name)=\($0.address)" }.sorted().map { .string($0) })
}
