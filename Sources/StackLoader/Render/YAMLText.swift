/// How a text is written in YAML.
struct YAMLText {
  private let text: String
  private let scalars: [Unicode.Scalar]

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  /// On one line: bare, in single or in double quotes.
  var inline: String {
    if scalars.contains(where: { !Self.isPrintable($0) || $0 == "\n" }) || isMistakable { return doubleQuoted }
    return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
  }

  /// Several lines after a `|`; nil for a text of one line, and for one that this form cannot hold.
  func block(indentation: String) -> String? {
    guard scalars.contains("\n"), let first = scalars.first, first != "\n", let last = scalars.last, last != " ", last != "\t",
      scalars.allSatisfy({ $0 == "\n" || $0 == "\t" || Self.isPrintable($0) }), !text.contains(" \n"), !text.contains("\t\n"),
      text.trimmingPrefix(while: { $0 == " " }).first != "\n"
    else { return nil }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let isEnded = last == "\n"
    let isEndedTwice = isEnded && scalars.dropLast().last == "\n"
    if isEnded { lines.removeLast() }
    let body = lines.map { $0.isEmpty ? "" : indentation + $0 }
    let hint = first == " " || first == "\t" ? "2" : ""
    return "|\(hint)\(isEndedTwice ? "+" : isEnded ? "" : "-")\n" + body.joined(separator: "\n")
  }

  /// Whether a reader would take the bare text for something that is no text.
  private var isMistakable: Bool {
    if case .string = resolvedPlain(text).value {} else { return true }
    let oldBooleans = ["y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"]
    return oldBooleans.contains(text) || isOldNumber || isDate
  }

  /// Numbers of YAML 1.1, as `12:30`, and those too large to be resolved.
  private var isOldNumber: Bool {
    let digits = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard let first = digits.unicodeScalars.first, Self.isDigit(first) || first == "." else { return false }
    if digits.unicodeScalars.allSatisfy(Self.isDigit) { return true }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0].unicodeScalars.allSatisfy({ Self.isDigit($0) || $0 == "_" }) else { return false }
    return parts.dropFirst().enumerated().allSatisfy { at, part in
      let whole = at == parts.count - 2 ? part.prefix { $0 != "." } : part
      guard let value = Int(whole), whole.utf8.count <= 2, whole.unicodeScalars.allSatisfy(Self.isDigit) else { return false }
      return value < 60 && part.dropFirst(whole.count).allSatisfy { $0 == "." || $0 == "_" || $0.isNumber }
    }
  }

  /// `2020-01-01`, alone or with a time of day after `T` or a blank.
  private var isDate: Bool {
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == "t" || $0 == " " }
    let day = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    func isNumber(_ part: Substring, _ lengths: ClosedRange<Int>) -> Bool {
      lengths.contains(part.utf8.count) && part.unicodeScalars.allSatisfy(Self.isDigit)
    }
    guard day.count == 3, isNumber(day[0], 4...4), isNumber(day[1], 1...2), isNumber(day[2], 1...2) else { return false }
    guard parts.count > 1 else { return true }
    let time = parts[1].prefix { $0.isNumber || $0 == ":" || $0 == "." }.split(separator: ":", omittingEmptySubsequences: false)
    let zone = parts[1].drop { $0.isNumber || $0 == ":" || $0 == "." }
    guard time.count == 3, isNumber(time[0], 1...2), isNumber(time[1], 1...2), time[2].first?.isNumber ?? false else { return false }
    return zone.isEmpty || zone == "Z" || zone.first == "+" || zone.first == "-"
  }

  /// Whether nothing in the text means something to YAML.
  private var isPlain: Bool {
    guard let first = scalars.first, let last = scalars.last, first != " ", last != " ", last != ":" else { return false }
    if text.hasPrefix("---") || text.hasPrefix("...") || text.contains(": ") || text.contains(" #") { return false }
    if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(first) { return false }
    return !("?:-".unicodeScalars.contains(first) && (scalars.count == 1 || scalars[1] == " "))
  }

  private var doubleQuoted: String {
    var quoted = "\""
    for scalar in scalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where Self.isPrintable(scalar) && scalar != "\n": quoted.unicodeScalars.append(scalar)
      default: quoted += Self.names[scalar.value].map { "\\\($0)" } ?? Self.number(scalar.value)
      }
    }
    return quoted + "\""
  }

  private static let names: [UInt32: String] = [
    0: "0", 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "e", 0x85: "N", 0xA0: "_", 0x2028: "L", 0x2029: "P",
  ]

  private static func number(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    let (letter, length) = value <= 0xFF ? ("x", 2) : value <= 0xFFFF ? ("u", 4) : ("U", 8)
    return "\\\(letter)" + String(repeating: "0", count: length - digits.count) + digits
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// What a person sees as it is. Marks that turn the direction of writing are not: they can make a line look like another.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x20...0x7E: true
    case 0x2028...0x202E, 0x2066...0x2069: false
    case 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
    default: false
    }
  }
}
