/// What a registry asks for with status 401 (`WWW-Authenticate`; RFC 9110, section 11.6.1; distribution's "token authentication").
enum Challenge: Sendable, Equatable {
  case basic
  case bearer(realm: String, service: String?)

  /// The challenges of a header's values that are understood, in order.
  static func parse(_ values: [String]) -> [Challenge] { values.flatMap { parse($0) } }

  private static func parse(_ value: String) -> [Challenge] {
    var found: [Challenge] = []
    var rest = Substring(value.prefix(8192))
    while let scheme = token(&rest) {
      var parameters: [String: String] = [:]
      skip(&rest)
      while let (name, text) = parameter(&rest) {
        if parameters[name] == nil { parameters[name] = text }
        skip(&rest)
        guard rest.first == "," else { break }
        rest.removeFirst()
        skip(&rest)
      }
      switch scheme.lowercased() {
      case "basic": found.append(.basic)
      case "bearer": if let realm = parameters["realm"] { found.append(.bearer(realm: realm, service: parameters["service"])) }
      default: break
      }
      while rest.first == "," || rest.first == " " { rest.removeFirst() }
    }
    return found
  }

  /// `name=value` or `name="value"`; nil, with nothing taken, when something else comes.
  private static func parameter(_ rest: inout Substring) -> (String, String)? {
    var ahead = rest
    guard let name = token(&ahead) else { return nil }
    skip(&ahead)
    guard ahead.first == "=" else { return nil }
    ahead.removeFirst()
    skip(&ahead)
    var value = ""
    if ahead.first == "\"" {
      ahead.removeFirst()
      while let next = ahead.popFirst() {
        if next == "\"" { break }
        if next == "\\" { if let escaped = ahead.popFirst() { value.append(escaped) } } else { value.append(next) }
      }
    } else {
      guard let word = token(&ahead) else { return nil }
      value = word
    }
    rest = ahead
    return (name.lowercased(), value)
  }

  private static func token(_ rest: inout Substring) -> String? {
    let word = rest.prefix { !$0.isWhitespace && !"=,\"".contains($0) }
    rest = rest[word.endIndex...]
    return word.isEmpty ? nil : String(word)
  }

  private static func skip(_ rest: inout Substring) {
    while rest.first?.isWhitespace == true { rest.removeFirst() }
  }
}
