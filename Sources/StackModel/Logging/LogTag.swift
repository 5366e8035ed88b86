/// `tag`: a template of Go with the fields that Docker's logs have, as `{{.ImageName}}/{{.Name}}`.
public struct LogTag: Sendable, Equatable {
  public enum Field: String, Sendable, CaseIterable {
    case id = "ID"
    case fullID = "FullID"
    case name = "Name"
    case imageID = "ImageID"
    case imageFullID = "ImageFullID"
    case imageName = "ImageName"
    case daemonName = "DaemonName"

    var written: String { "{{.\(rawValue)}}" }
  }

  enum Part: Sendable, Equatable {
    case text(String)
    case field(Field)
    /// `{{(.ExtraAttributes nil).KEY}}`: a label or a variable that was chosen.
    case attribute(String)
  }

  /// Why a text is no template.
  public struct Mistake: Error, Sendable, Equatable { public var text: String }

  private let parts: [Part]

  public init(_ text: String) throws(Mistake) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
      rest = rest[open.upperBound...]
      guard let close = rest.firstRange(of: "}}") else { throw Mistake(text: "has {{ without }}") }
      parts.append(try Self.part(rest[..<close.lowerBound]))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  private static func part(_ action: Substring) throws(Mistake) -> Part {
    let word = String(action).trimmed
    if word.hasPrefix("."), let field = Field(rawValue: String(word.dropFirst())) { return .field(field) }
    if word.hasPrefix("("), let end = word.firstIndex(of: ")") {
      let inner = word[word.index(after: word.startIndex)..<end].split(separator: " ")
      let key = word[word.index(after: end)...]
      let isKey = key.dropFirst().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      if inner == [".ExtraAttributes", "nil"], key.first == ".", key.count > 1, isKey { return .attribute(String(key.dropFirst())) }
    }
    throw Mistake(text: "has {{\(action)}}, which is not known")
  }

  /// The tag of a container. What is not known of it is an empty text; an attribute that it has not is `<no value>`, as Go has it.
  public func text(_ fields: [Field: String], attributes: [String: String]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .field(let field): fields[field] ?? ""
      case .attribute(let key): attributes[key] ?? "<no value>"
      }
    }
    .joined()
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
