/// Reads a JSON array of strings (RFC 8259), the exec form.
struct JSONStrings {
  private var scalars: Substring.UnicodeScalarView

  /// nil when the text is anything else: Docker then takes it for a shell command.
  static func parse(_ text: Substring) -> [String]? {
    var parser = JSONStrings(scalars: text.unicodeScalars)
    return parser.array()
  }

  private mutating func array() -> [String]? {
    guard take("[") else { return nil }
    var items: [String] = []
    if !take("]") {
      repeat {
        guard let item = string() else { return nil }
        items.append(item)
      } while take(",")
      guard take("]") else { return nil }
    }
    skipBlanks()
    return scalars.isEmpty ? items : nil
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    var text = ""
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"": return text
      case "\\":
        guard let unescaped = escape() else { return nil }
        text.unicodeScalars.append(unescaped)
      case _ where scalar.value < 0x20: return nil
      default: text.unicodeScalars.append(scalar)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    switch scalars.popFirst() {
    case "\"": "\""
    case "\\": "\\"
    case "/": "/"
    case "b": "\u{08}"
    case "f": "\u{0C}"
    case "n": "\n"
    case "r": "\r"
    case "t": "\t"
    case "u": unicode()
    default: nil
    }
  }

  private mutating func unicode() -> Unicode.Scalar? {
    guard let high = unit() else { return nil }
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
    guard scalars.popFirst() == "\\", scalars.popFirst() == "u", let low = unit(), (0xDC00..<0xE000).contains(low) else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  private mutating func unit() -> UInt32? {
    let digits = scalars.prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
    scalars = scalars.dropFirst(4)
    return UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard scalars.first == scalar else { return false }
    scalars.removeFirst()
    return true
  }

  private mutating func skipBlanks() {
    while let first = scalars.first, first == " " || first == "\t" || first == "\n" || first == "\r" { scalars.removeFirst() }
  }
}
