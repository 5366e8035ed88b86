/// Variables, quotes and escapes in an instruction's words, as Docker's shell lexer has them.
///
/// `$x`, `${x}`, `${x:-word}`, `${x-word}`, `${x:+word}`, `${x+word}`, `${x:?word}`, `${x?word}`, `${x#pattern}`, `${x##pattern}`,
/// `${x%pattern}`, `${x%%pattern}`, `${x/pattern/word}`, `${x//pattern/word}`.
struct Expansion {
  /// Why words cannot be expanded.
  struct Failure: Error, Equatable { var message: String }

  /// Bytes above which a value is refused: `A=$A$A` doubles with each line.
  static let limit = 1 << 20
  private static let deepest = 64

  private let input: [UInt8]
  private let escape: UInt8
  private let lookup: (String) -> String?
  private var index = 0
  /// Variables whose value is used as it is, with nothing that stands in for it.
  private var plain: [String] = []

  private init(_ text: String, escape: UInt8, lookup: @escaping (String) -> String?) {
    input = Array(text.utf8)
    self.escape = escape
    self.lookup = lookup
  }

  /// The text as one word: quotes gone, variables replaced, blanks kept.
  static func word(_ text: String, escape: UInt8 = 0x5C, lookup: @escaping (String) -> String?) throws(Failure) -> String {
    var expansion = Expansion(text, escape: escape, lookup: lookup)
    return String(decoding: try expansion.run(until: nil, depth: 0), as: UTF8.self)
  }

  /// The variables that a word cannot do without: `$x`, `${x}`, and not `${x:-word}`. Each once, in order.
  static func plainNames(in text: String, escape: UInt8 = 0x5C) -> [String] {
    var expansion = Expansion(text, escape: escape) { _ in "" }
    _ = try? expansion.run(until: nil, depth: 0)
    var seen: Set<String> = []
    return expansion.plain.filter { seen.insert($0).inserted }
  }

  /// The text as the words that it has after its variables are replaced.
  static func words(_ text: String, escape: UInt8 = 0x5C, lookup: @escaping (String) -> String?) throws(Failure) -> [String] {
    let whole = try word(text, escape: escape, lookup: lookup)
    return whole.utf8.split(whereSeparator: { $0.isBlank || $0 == 0x0A }).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A here-document: only variables are replaced, and quotes are text.
  static func document(_ text: String, escape: UInt8 = 0x5C, lookup: @escaping (String) -> String?) throws(Failure) -> String {
    var expansion = Expansion(text, escape: escape, lookup: lookup)
    var output: [UInt8] = []
    while let byte = expansion.next() {
      if byte == escape, let following = expansion.peek, following == 0x24 || following == escape {
        expansion.index += 1
        output.append(following)
      } else if byte == 0x24 {
        output += try expansion.variable(depth: 0)
      } else {
        output.append(byte)
      }
      try check(output)
    }
    return String(decoding: output, as: UTF8.self)
  }

  private mutating func run(until stop: UInt8?, depth: Int) throws(Failure) -> [UInt8] {
    guard depth < Expansion.deepest else { throw Failure(message: "variables are nested more than \(Expansion.deepest) deep") }
    var output: [UInt8] = []
    while let byte = peek {
      if byte == stop { return output }
      index += 1
      switch byte {
      case 0x27: output += try singleQuoted()
      case 0x22: output += try doubleQuoted(depth: depth)
      case 0x24: output += try variable(depth: depth)
      case escape:
        if let following = next() { output.append(following) } else { output.append(byte) }
      default: output.append(byte)
      }
      try Expansion.check(output)
    }
    if stop != nil { throw Failure(message: "a ${ is not closed by }") }
    return output
  }

  private mutating func singleQuoted() throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    while let byte = next() {
      if byte == 0x27 { return output }
      output.append(byte)
    }
    throw Failure(message: "a ' is not closed")
  }

  private mutating func doubleQuoted(depth: Int) throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    while let byte = next() {
      switch byte {
      case 0x22: return output
      case 0x24: output += try variable(depth: depth)
      case escape:
        if let following = peek, following == 0x22 || following == 0x24 || following == escape {
          index += 1
          output.append(following)
        } else {
          output.append(byte)
        }
      default: output.append(byte)
      }
      try Expansion.check(output)
    }
    throw Failure(message: "a \" is not closed")
  }

  /// After a `$`.
  private mutating func variable(depth: Int) throws(Failure) -> [UInt8] {
    guard peek == 0x7B else {
      let name = self.name()
      guard !name.isEmpty else { return [0x24] }
      plain.append(name)
      return Array((lookup(name) ?? "").utf8)
    }
    index += 1
    let name = self.name()
    guard !name.isEmpty else { throw Failure(message: "${ is not followed by a name") }
    let value = lookup(name)
    guard let modifier = next() else { throw Failure(message: "${\(name) is not closed by }") }
    switch modifier {
    case 0x7D:
      plain.append(name)
      return Array((value ?? "").utf8)
    case 0x3A:
      guard let kind = next(), [0x2D, 0x2B, 0x3F].contains(kind) else {
        throw Failure(message: "${\(name):… has no modifier of -, + or ?")
      }
      return try choice(kind, name: name, value: value.flatMap { $0.isEmpty ? nil : $0 }, depth: depth)
    case 0x2D, 0x2B, 0x3F: return try choice(modifier, name: name, value: value, depth: depth)
    case 0x23, 0x25:
      plain.append(name)
      let isGreedy = peek == modifier
      if isGreedy { index += 1 }
      let pattern = Glob(try pattern(until: 0x7D))
      let bytes = Array((value ?? "").utf8)
      return modifier == 0x23 ? pattern.removingPrefix(of: bytes, greedy: isGreedy) : pattern.removingSuffix(of: bytes, greedy: isGreedy)
    case 0x2F:
      plain.append(name)
      let replacesAll = peek == modifier
      if replacesAll { index += 1 }
      let pattern = Glob(try pattern(until: 0x2F))
      let replacement = try run(until: 0x7D, depth: depth + 1)
      index += 1
      return pattern.replacing(in: Array((value ?? "").utf8), with: replacement, all: replacesAll)
    default: throw Failure(message: "${\(name) has the unknown modifier '\(Character(Unicode.Scalar(modifier)))'")
    }
  }

  private mutating func choice(_ kind: UInt8, name: String, value: String?, depth: Int) throws(Failure) -> [UInt8] {
    let word = try run(until: 0x7D, depth: depth + 1)
    index += 1
    switch kind {
    case 0x2D: return value.map { Array($0.utf8) } ?? word
    case 0x2B: return value == nil ? [] : word
    default:
      guard let value else {
        let reason = String(decoding: word, as: UTF8.self)
        throw Failure(message: "\(name): \(reason.isEmpty ? "is not set" : reason)")
      }
      return Array(value.utf8)
    }
  }

  /// Raw up to the closing byte, which is taken; `\` keeps the next byte from closing.
  private mutating func pattern(until stop: UInt8) throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    while let byte = next() {
      if byte == stop { return output }
      output.append(byte)
      if byte == 0x5C, let following = next() { output.append(following) }
    }
    throw Failure(message: "a ${ is not closed by }")
  }

  private mutating func name() -> String {
    let start = index
    while let byte = peek, byte == 0x5F || (97...122).contains(byte | 0x20) || (index > start && (48...57).contains(byte)) { index += 1 }
    return String(decoding: input[start..<index], as: UTF8.self)
  }

  private var peek: UInt8? { index < input.count ? input[index] : nil }

  private mutating func next() -> UInt8? {
    guard index < input.count else { return nil }
    defer { index += 1 }
    return input[index]
  }

  private static func check(_ output: [UInt8]) throws(Failure) {
    guard output.count <= limit else { throw Failure(message: "the value is larger than 1 MiB") }
  }
}
