/// A word of what stands between a template's braces.
struct TemplateToken: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case word(String)
    /// `.A.B`; none: `.`
    case field([String])
    case variable(String, [String])
    case text(String)
    case number(TemplateValue)
    case symbol(String)
  }
  var kind: Kind
  /// A blank before it: without one, a field belongs to the `)` before it.
  var isApart: Bool
}

/// Cuts the inside of an action into words.
struct TemplateLexer {
  private let scalars: [Unicode.Scalar]
  private let source: String
  private var index = 0

  init(_ text: String) {
    source = text
    scalars = Array(text.unicodeScalars)
  }

  mutating func tokens() throws(GoTemplateError) -> [TemplateToken] {
    var found: [TemplateToken] = []
    var isApart = true
    while let scalar = peek {
      if scalar.properties.isWhitespace {
        index += 1
        isApart = true
        continue
      }
      found.append(TemplateToken(kind: try kind(of: scalar), isApart: isApart))
      isApart = false
    }
    return found
  }

  private mutating func kind(of scalar: Unicode.Scalar) throws(GoTemplateError) -> TemplateToken.Kind {
    switch scalar {
    case "|", "(", ")", ",", "=":
      index += 1
      return .symbol(String(scalar))
    case ":":
      index += 1
      guard peek == "=" else { throw GoTemplateError("expected := in \"\(source)\"") }
      index += 1
      return .symbol(":=")
    case "\"": return .text(try quoted())
    case "`": return .text(try raw())
    case "'":
      let text = try quoted()
      guard text.unicodeScalars.count == 1, let only = text.unicodeScalars.first else {
        throw GoTemplateError("malformed character constant in \"\(source)\"")
      }
      return .number(.int(Int64(only.value)))
    case ".":
      if let next = at(index + 1), next.isDigit { return .number(try number()) }
      return .field(try fields())
    case "$":
      index += 1
      let name = word()
      return .variable(name, try peek == "." ? fields() : [])
    default:
      if scalar.isDigit || ((scalar == "-" || scalar == "+") && (at(index + 1)?.isDigit ?? false)) { return .number(try number()) }
      let name = word()
      guard !name.isEmpty else { throw GoTemplateError("unexpected \"\(scalar)\" in \"\(source)\"") }
      return .word(name)
    }
  }

  /// `.A.B`, or `.` alone.
  private mutating func fields() throws(GoTemplateError) -> [String] {
    var names: [String] = []
    while peek == "." {
      index += 1
      let name = word()
      if name.isEmpty {
        guard names.isEmpty else { throw GoTemplateError("a name is missing after . in \"\(source)\"") }
        return []
      }
      names.append(name)
    }
    return names
  }

  private mutating func word() -> String {
    var name = ""
    while let scalar = peek, scalar == "_" || scalar.properties.isAlphabetic || (scalar.isDigit && !name.isEmpty) {
      name.unicodeScalars.append(scalar)
      index += 1
    }
    return name
  }

  private mutating func number() throws(GoTemplateError) -> TemplateValue {
    let start = index
    while let scalar = peek, scalar.isDigit || scalar.properties.isAlphabetic || "+-._".unicodeScalars.contains(scalar) { index += 1 }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars[start..<index])
    if let value = Int64(text) { return .int(value) }
    if text.lowercased().hasPrefix("0x"), let value = Int64(text.dropFirst(2), radix: 16) { return .int(value) }
    if let value = Double(text) { return .float(value) }
    throw GoTemplateError("bad number syntax: \"\(text)\"")
  }

  private mutating func quoted() throws(GoTemplateError) -> String {
    let quote = peek
    index += 1
    var text = ""
    while let scalar = peek {
      index += 1
      if scalar == quote { return text }
      guard scalar == "\\" else {
        text.unicodeScalars.append(scalar)
        continue
      }
      text.unicodeScalars.append(try escaped())
    }
    throw GoTemplateError("unterminated quoted string in \"\(source)\"")
  }

  private mutating func escaped() throws(GoTemplateError) -> Unicode.Scalar {
    guard let scalar = peek else { throw GoTemplateError("unterminated quoted string in \"\(source)\"") }
    index += 1
    switch scalar {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "\\", "\"", "'": return scalar
    case "x", "u", "U":
      let digits = scalar == "x" ? 2 : scalar == "u" ? 4 : 8
      var text = ""
      for _ in 0..<digits {
        guard let next = peek else { break }
        text.unicodeScalars.append(next)
        index += 1
      }
      if text.unicodeScalars.count == digits, let value = UInt32(text, radix: 16), let made = Unicode.Scalar(value) { return made }
      throw GoTemplateError("bad escape \\\(scalar)\(text) in \"\(source)\"")
    default: throw GoTemplateError("unknown escape \\\(scalar) in \"\(source)\"")
    }
  }

  private mutating func raw() throws(GoTemplateError) -> String {
    index += 1
    var text = ""
    while let scalar = peek {
      index += 1
      if scalar == "`" { return text }
      text.unicodeScalars.append(scalar)
    }
    throw GoTemplateError("unterminated raw quoted string in \"\(source)\"")
  }

  private var peek: Unicode.Scalar? { at(index) }
  private func at(_ place: Int) -> Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
