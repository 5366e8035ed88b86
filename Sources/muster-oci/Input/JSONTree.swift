/// A JSON value whose shape nobody has said.
enum JSONTree: Decodable {
  case object([String: JSONTree])
  case array([JSONTree])
  case text(String)
  case number(Double)
  case truth(Bool)
  case nothing

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .nothing
    } else if let truth = try? value.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let array = try? value.decode([JSONTree].self) {
      self = .array(array)
    } else {
      self = .object(try value.decode([String: JSONTree].self))
    }
  }

  /// Whether it says anything.
  var isEmpty: Bool {
    switch self {
    case .nothing: true
    case .object(let fields): fields.values.allSatisfy(\.isEmpty)
    case .array(let elements): elements.isEmpty
    case .text(let text): text.isEmpty
    case .number(let number): number == 0
    case .truth(let truth): !truth
    }
  }

  /// All values at a path; `*` stands for every element of an array.
  func values(at path: ArraySlice<Substring>) -> [JSONTree] {
    guard let name = path.first else { return [self] }
    switch self {
    case .object(let fields): return fields[String(name)]?.values(at: path.dropFirst()) ?? []
    case .array(let elements) where name == "*": return elements.flatMap { $0.values(at: path.dropFirst()) }
    default: return []
    }
  }
}
