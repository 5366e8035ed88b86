/// The kinds of plain values, as JSON Schema counts them.
struct Kinds: OptionSet, Sendable {
  let rawValue: UInt8

  static let null = Kinds(rawValue: 1)
  static let boolean = Kinds(rawValue: 2)
  static let integer = Kinds(rawValue: 4)
  /// With or without a fraction.
  static let number = Kinds(rawValue: 8)
  static let string = Kinds(rawValue: 16)
  static let scalars: Kinds = [.boolean, .number, .string]

  /// JSON Schema's names for them.
  var names: [String] {
    let all: [(Kinds, String)] = [
      (.null, "null"), (.boolean, "boolean"), (.integer, "integer"), (.number, "number"), (.string, "string"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }

  func accepts(_ value: Node.Value) -> Bool {
    switch value {
    case .null: contains(.null)
    case .bool: contains(.boolean)
    case .integer: contains(.integer) || contains(.number)
    // As in JSON Schema, 2.0 is an integer.
    case .float(let float): contains(.number) || contains(.integer) && float == float.rounded() && float.isFinite
    case .string: contains(.string)
    case .sequence, .mapping: false
    }
  }

  /// Whether a text that variables were replaced in says such a value: Compose casts those (`required: ${NEEDED}`).
  func acceptsCast(_ text: String) -> Bool {
    if contains(.boolean), Values.bool(text) != nil { return true }
    if contains(.integer), Int64(text) != nil { return true }
    return contains(.number) && Double(text)?.isFinite == true
  }
}
