/// A piece of the canonical file.
indirect enum ConfigValue: Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case float(Double)
  case string(String)
  case list([ConfigValue])
  case map([String: ConfigValue])

  /// A tree as it is written.
  init(_ node: Node) {
    switch node.value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .float(let value): self = .float(value)
    case .string(let text): self = .string(text)
    case .sequence(let nodes): self = .list(nodes.map { ConfigValue($0) })
    case .mapping(let mapping):
      self = .map(Dictionary(mapping.entries.map { ($0.key, ConfigValue($0.value)) }) { $1 })
    }
  }
}
