import Diagnostics

/// Reads the file format of `.env` and `env_file`: `NAME=value`, `export NAME=value`, `NAME: value`, `#` comments, values
/// bare, in single quotes (literal) or double quotes (escapes and variables), quoted values over several lines. A name alone
/// passes a variable through.
struct DotEnv {
  struct Failure: Error, Equatable {
    var line: Int
    var column: Int
    var message: String
  }

  /// Variables that win over those of the file itself inside `${…}`.
  let lookup: (String) -> String?
  let unset: (String) -> Void
  /// A later one replaces an earlier one.
  private(set) var variables: [String: String] = [:]
  /// In the order of the file, with the place of the name.
  private(set) var definitions: [(name: String, value: String, line: Int, column: Int)] = []

  private var scalars: [Unicode.Scalar] = []
  private var at = 0
  /// How far lines have been counted, and what was found there.
  private var length = 0
  private var counted = (index: 0, line: 1, start: 0)

  init(lookup: @escaping (String) -> String?, unset: @escaping (String) -> Void) {
    self.lookup = lookup
    self.unset = unset
  }

  mutating func parse(_ bytes: [UInt8]) throws(Failure) {
    let text = String(decoding: bytes, as: UTF8.self)
    scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    at = 0
    counted = (0, 1, 0)
    if let nul = scalars.firstIndex(of: "\0") { throw failure(nul, "there is a NUL character, which no variable can hold") }
    while skipToStatement() { try statement() }
  }

  private var current: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  /// Past blank space and comments; false at the end.
  private mutating func skipToStatement() -> Bool {
    while let scalar = current {
      if scalar == "#" { skipLine() } else if isSpace(scalar) || scalar == "\n" { at += 1 } else { return true }
    }
    return false
  }

  private mutating func skipLine() { while let scalar = current, scalar != "\n" { _ = (scalar, at += 1) } }
  private mutating func skipBlanks() { while let scalar = current, isSpace(scalar) { _ = (scalar, at += 1) } }
  private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "\t", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{A0}": true
    default: false
    }
  }

  private mutating func statement() throws(Failure) {
    if scalars[at...].starts(with: "export".unicodeScalars), at + 6 < scalars.count, isSpace(scalars[at + 6]) {
      at += 6
      skipBlanks()
    }
    let start = at
    while let scalar = current, isName(scalar) { _ = (scalar, at += 1) }
    let name = String(String.UnicodeScalarView(scalars[start..<at]))
    guard !name.isEmpty else { throw failure(at, "a variable's name is expected, not \"\(shown(current))\"") }
    skipBlanks()
    switch current {
    case "=", ":":
      at += 1
      skipBlanks()
      try define(name, at: start, try value())
    case nil, "\n":
      if let inherited = lookup(name) { try define(name, at: start, inherited) }
    default: throw failure(at, "\"\(shown(current))\" cannot follow the name \(name); a variable is written NAME=value")
    }
  }

  /// Bytes of all values together.
  private static let maximumLength = 16 << 20
  private static let maximumCount = 50_000

  private mutating func define(_ name: String, at start: Int, _ value: String) throws(Failure) {
    guard definitions.count < Self.maximumCount else { throw failure(start, "the file has more than \(Self.maximumCount) variables") }
    length += value.utf8.count
    guard length <= Self.maximumLength else {
      throw failure(start, "the values grow beyond \(Self.maximumLength >> 20) MiB together when their variables are replaced")
    }
    variables[name] = value
    for index in counted.index..<start where scalars[index] == "\n" { counted = (index + 1, counted.line + 1, index + 1) }
    counted.index = start
    definitions.append((name, value, counted.line, start - counted.start + 1))
  }

  private func isName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-", "[", "]": true
    default: scalar.value > 127 && scalar.properties.isAlphabetic
    }
  }

  private mutating func value() throws(Failure) -> String {
    guard let quote = current, quote == "'" || quote == "\"" else { return try bareValue() }
    let start = at
    at += 1
    var text = String.UnicodeScalarView()
    while let scalar = current, scalar != quote {
      if scalar == "\\", at + 1 < scalars.count {
        // A quote after a backslash does not close the value, in neither kind; a backslash after one frees the next quote.
        if quote == "\"" || scalars[at + 1] == quote || scalars[at + 1] == "\\" {
          at += try appendEscape(scalars[at + 1], quote: quote, to: &text)
          continue
        }
      }
      text.append(scalar)
      at += 1
    }
    guard current == quote else { throw failure(start, "the value is not closed by \(quote)") }
    at += 1
    skipBlanks()
    if let rest = current, rest != "\n", rest != "#" { throw failure(at, "\"\(shown(rest))\" cannot follow the closing \(quote)") }
    skipLine()
    return quote == "\"" ? try expanded(String(text), start) : String(text)
  }

  /// Appends what a backslash and this mean; how many characters were taken.
  private func appendEscape(
    _ scalar: Unicode.Scalar, quote: Unicode.Scalar, to text: inout String.UnicodeScalarView
  ) throws(Failure) -> Int {
    guard quote == "\"" else {
      text.append(contentsOf: scalar == "'" ? "'".unicodeScalars : "\\\\".unicodeScalars)
      return 2
    }
    switch scalar {
    case "a": text.append("\u{07}")
    case "b": text.append("\u{08}")
    case "f": text.append("\u{0C}")
    case "n": text.append("\n")
    case "r": text.append("\r")
    case "t": text.append("\t")
    case "v": text.append("\u{0B}")
    case "\\", "\"": text.append(scalar)
    case "0":
      // `\0101` is A. Fewer digits stand for themselves, without the 0, as Compose has it.
      let digits = scalars[(at + 2)...].prefix(3).prefix { ("0"..."7").contains($0) }
      if digits.count == 3, let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 8), value > 0,
        let byte = UInt8(exactly: value)
      {
        text.append(Unicode.Scalar(byte))
        return 5
      }
      text.append("\\")
    // Survives the expansion of variables.
    case "$": text.append(contentsOf: "$$".unicodeScalars)
    default:
      text.append("\\")
      text.append(scalar)
    }
    return 2
  }

  private mutating func bareValue() throws(Failure) -> String {
    let start = at
    skipLine()
    var line = scalars[start..<at]
    // As Compose has it, a value may start with this sign; after a blank it starts a comment.
    for index in line.indices.dropFirst() where line[index] == "#" && line[index - 1] == " " {
      line = line[..<index]
      break
    }
    while let last = line.last, isSpace(last) { line.removeLast() }
    return try expanded(String(String.UnicodeScalarView(line)), start)
  }

  private func expanded(_ text: String, _ start: Int) throws(Failure) -> String {
    let template = Template(lookup: { lookup($0) ?? variables[$0] }, unset: unset)
    do throws(Template.Failure) {
      return try template.expand(text)
    } catch {
      switch error {
      case .required(let name, let message):
        throw failure(start, "the variable \(name) must be set" + (message.isEmpty ? "" : ": \(message)"))
      case .malformed(let reason): throw failure(start, "not a variable: \(reason); write $$ for a dollar sign")
      case .tooLong: throw failure(start, "the value grows too long when its variables are replaced")
      }
    }
  }

  private func shown(_ scalar: Unicode.Scalar?) -> String { scalar.map { $0 == "\n" ? "end of line" : String($0) } ?? "end of file" }

  private func failure(_ index: Int, _ message: String) -> Failure {
    let before = scalars.prefix(index)
    let line = before.reduce(1) { $0 + ($1 == "\n" ? 1 : 0) }
    let start = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
    return Failure(line: line, column: index - start + 1, message: message)
  }
}
