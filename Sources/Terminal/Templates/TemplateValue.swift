import FoundationEssentials

/// What a template looks at: any value, as its JSON has it.
public enum TemplateValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case float(Double)
  case text(String)
  indirect case list([TemplateValue])
  indirect case object([String: TemplateValue])

  /// What a value's JSON says, under the names that it has there.
  public init(encoding value: some Encodable) throws {
    self = try JSONDecoder().decode(TemplateValue.self, from: JSONEncoder().encode(value))
  }

  /// One line of JSON, keys sorted.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }

  /// JSON in lines as Docker's `inspect` has it: four blanks further in each time, keys sorted.
  public var indentedJSON: String { indentedJSON(after: "") }

  private func indentedJSON(after margin: String) -> String {
    func lines(_ parts: [String], _ open: String, _ close: String) -> String {
      parts.isEmpty ? open + close : "\(open)\n" + parts.map { margin + "    " + $0 }.joined(separator: ",\n") + "\n\(margin)\(close)"
    }
    switch self {
    case .list(let values): return lines(values.map { $0.indentedJSON(after: margin + "    ") }, "[", "]")
    case .object(let fields):
      let sorted = fields.sorted { $0.key < $1.key }
      return lines(sorted.map { TemplateValue.text($0.key).json + ": " + $0.value.indentedJSON(after: margin + "    ") }, "{", "}")
    default: return json
    }
  }

  /// As Go's `fmt` prints it: lists as `[a b]`, maps as `map[k:v]`, sorted.
  public var printed: String { printed(isNested: false) }

  private func printed(isNested: Bool) -> String {
    switch self {
    case .null: isNested ? "<nil>" : "<no value>"
    case .bool(let value): String(value)
    case .int(let value): String(value)
    case .float(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    case .text(let value): value
    case .list(let values): "[" + values.map { $0.printed(isNested: true) }.joined(separator: " ") + "]"
    case .object(let fields):
      "map[" + fields.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.printed(isNested: true))" }.joined(separator: " ") + "]"
    }
  }

  /// What `if` takes it for: nothing, zero, false and what is empty are false.
  public var isTrue: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .float(let value): value != 0
    case .text(let value): !value.isEmpty
    case .list(let values): !values.isEmpty
    case .object(let fields): !fields.isEmpty
    }
  }

  /// For messages, in Go's words.
  var kind: String {
    switch self {
    case .null: "nil"
    case .bool: "bool"
    case .int: "int"
    case .float: "float64"
    case .text: "string"
    case .list: "slice"
    case .object: "map"
    }
  }
}

extension TemplateValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .float(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let values = try? container.decode([TemplateValue].self) {
      self = .list(values)
    } else {
      self = .object(try container.decode([String: TemplateValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .float(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let fields): try container.encode(fields)
    }
  }
}
