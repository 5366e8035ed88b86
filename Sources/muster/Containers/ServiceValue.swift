/// A value of a service as a stack file has it.
enum ServiceValue: Encodable {
  case text(String)
  case flag(Bool)
  case list([ServiceValue])
  case map([String: ServiceValue])

  static func texts(_ texts: [String]) -> ServiceValue { .list(texts.map { .text($0) }) }

  /// A `$` is one, and no variable.
  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$"))
    case .flag(let flag): try value.encode(flag)
    case .list(let list): try value.encode(list)
    case .map(let map): try value.encode(map)
    }
  }
}
