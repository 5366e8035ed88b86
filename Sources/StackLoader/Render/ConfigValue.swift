/// A piece of the canonical file.
indirect enum ConfigValue: Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case float(Double)
  case string(String)
  case list([ConfigValue])
  case map(ConfigMap)

  /// A tree as it is written, its keys sorted.
  init(_ node: Node) {
    switch node.value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .float(let value): self = .float(value)
    case .string(let text): self = .string(text)
    case .sequence(let nodes): self = .list(nodes.map { ConfigValue($0) })
    case .mapping(let mapping): self = .map(ConfigMap(sorting: mapping.entries.map { ($0.key, ConfigValue($0.value)) }))
    }
  }

  /// Whether Compose leaves a value like this one out where the key being absent means the same.
  var isZero: Bool {
    switch self {
    case .null, .bool(false), .integer(0), .string(""), .list([]): true
    case .float(let value): value == 0
    case .map(let map): map.isEmpty
    default: false
    }
  }

  /// With every text changed; keys stay.
  func mapTexts(_ transform: (String) -> String) -> ConfigValue {
    switch self {
    case .string(let text): .string(transform(text))
    case .list(let values): .list(values.map { $0.mapTexts(transform) })
    case .map(let map): .map(map.mapValues { $0.mapTexts(transform) })
    default: self
    }
  }

  /// With the keys of every mapping in natural order.
  var sorted: ConfigValue {
    switch self {
    case .list(let values): .list(values.map(\.sorted))
    case .map(let map): .map(ConfigMap(sorting: map.entries.map { ($0.key, $0.value.sorted) }))
    default: self
    }
  }
}
