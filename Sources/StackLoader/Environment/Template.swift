/// Replaces variables in one value, by Compose's rules:
/// `$V`, `${V}`, `${V:-x}`, `${V-x}`, `${V:?e}`, `${V?e}`, `${V:+x}`, `${V+x}`, nested, `$$` for a dollar sign. A dollar
/// sign before anything else stands for itself.
struct Template {
  enum Failure: Error, Equatable {
    /// `${V:?message}` without V.
    case required(name: String, message: String)
    /// `${` that is not closed or holds no name.
    case malformed(String)
    case tooLong
  }

  /// What became of a variable.
  enum Outcome: String, Sendable, Codable {
    /// Its value is used.
    case value
    /// The text after `-` is used.
    case fallback = "default"
    /// The text after `+` is used.
    case alternative
    /// Nothing is used: it is not set, or not set and after it comes `+`.
    case nothing
    /// It must be set and is not.
    case missing
  }

  /// A value may not grow beyond this many bytes.
  static let maximumLength = 4 << 20
  private static let maximumDepth = 50

  let lookup: (String) -> String?
  /// Told about every name without a value and without a default.
  let unset: (String) -> Void
  /// Told about every variable that has a part in the result.
  var used: (String, Outcome) -> Void = { _, _ in }

  init(lookup: @escaping (String) -> String?, unset: @escaping (String) -> Void) {
    self.lookup = lookup
    self.unset = unset
  }

  func expand(_ text: String) throws(Failure) -> String { try expand(Substring(text), depth: 0) }

  private func expand(_ text: Substring, depth: Int) throws(Failure) -> String {
    guard depth <= Self.maximumDepth else { throw .malformed("nested more than \(Self.maximumDepth) deep") }
    var result = ""
    var rest = text.utf8
    while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
      result += String(rest[..<dollar]) ?? ""
      rest = rest[rest.index(after: dollar)...]
      guard let next = rest.first else {
        result += "$"
        break
      }
      if next == UInt8(ascii: "$") {
        result += "$"
        rest = rest.dropFirst()
      } else if next == UInt8(ascii: "{") {
        guard let end = closingBrace(rest) else { throw .malformed("${ is not closed by }") }
        result += try braced(Substring(rest[rest.index(after: rest.startIndex)..<end]), depth: depth)
        rest = rest[rest.index(after: end)...]
      } else if let name = leadingName(rest) {
        result += plain(name)
        rest = rest.dropFirst(name.utf8.count)
      } else {
        result += "$"
      }
      guard result.utf8.count <= Self.maximumLength else { throw .tooLong }
    }
    result += String(rest) ?? ""
    guard result.utf8.count <= Self.maximumLength else { throw .tooLong }
    return result
  }

  private func plain(_ name: String) -> String {
    if let value = lookup(name) {
      used(name, .value)
      return value
    }
    used(name, .nothing)
    unset(name)
    return ""
  }

  /// The inside of `${…}`.
  private func braced(_ inside: Substring, depth: Int) throws(Failure) -> String {
    guard let name = leadingName(inside.utf8) else { throw .malformed("${\(inside.prefix(40))} does not start with a variable's name") }
    var rest = inside.utf8.dropFirst(name.utf8.count)
    guard !rest.isEmpty else { return plain(name) }
    let countsEmpty = rest.first == UInt8(ascii: ":")
    if countsEmpty { rest = rest.dropFirst() }
    let value = lookup(name)
    let isSet = value != nil && !(countsEmpty && value == "")
    let word = Substring(rest.dropFirst())
    switch rest.first {
    case UInt8(ascii: "-"):
      used(name, isSet ? .value : .fallback)
      return isSet ? value ?? "" : try expand(word, depth: depth + 1)
    case UInt8(ascii: "+"):
      used(name, isSet ? .alternative : .nothing)
      return isSet ? try expand(word, depth: depth + 1) : ""
    case UInt8(ascii: "?"):
      used(name, isSet ? .value : .missing)
      guard !isSet else { return value ?? "" }
      throw .required(name: name, message: try expand(word, depth: depth + 1))
    default: throw .malformed("after the name in ${\(inside.prefix(40))} comes one of :- - :? ? :+ +")
    }
  }

  /// `[_a-zA-Z][_a-zA-Z0-9]*` at the start.
  private func leadingName(_ text: Substring.UTF8View) -> String? {
    guard let first = text.first, isNameStart(first) else { return nil }
    return String(text.prefix { isNameStart($0) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) })
  }

  private func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }

  /// The brace that closes the one at the start; `${` opens further ones.
  private func closingBrace(_ text: Substring.UTF8View) -> Substring.UTF8View.Index? {
    var depth = 1
    var previous: UInt8 = 0
    for index in text.indices.dropFirst() {
      let byte = text[index]
      if byte == UInt8(ascii: "{"), previous == UInt8(ascii: "$") { depth += 1 }
      if byte == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 { return index }
      }
      previous = byte
    }
    return nil
  }
}
