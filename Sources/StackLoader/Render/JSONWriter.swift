/// JSON with two spaces of indentation.
struct JSONWriter {
  func text(_ value: ConfigValue) -> String { render(value, indentation: "") + "\n" }

  private func render(_ value: ConfigValue, indentation: String) -> String {
    let inner = indentation + "  "
    switch value {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .float(let value): return value.isFinite ? shortest(value) : "null"
    case .string(let text): return Self.quoted(text)
    case .list(let values):
      guard !values.isEmpty else { return "[]" }
      return "[\n" + values.map { inner + render($0, indentation: inner) }.joined(separator: ",\n") + "\n\(indentation)]"
    case .map(let values):
      guard !values.isEmpty else { return "{}" }
      let members = values.entries.map { "\(inner)\(Self.quoted($0.key)): \(render($0.value, indentation: inner))" }
      return "{\n" + members.joined(separator: ",\n") + "\n\(indentation)}"
    }
  }

  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _
      where scalar.value < 0x20 || scalar.value >= 0x7F && scalar.value < 0xA0 || (0x2028...0x2029).contains(scalar.value)
        || scalar.value == 0xFEFF:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
