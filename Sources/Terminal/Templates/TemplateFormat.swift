extension TemplateFunctions {
  /// Go's `Sprintf`, as far as templates need it: `%v %s %d %q %t %x %X %c %f %e %g %%` with `-`, `0`, `+`, a width and a precision.
  static func formatted(_ format: String, _ arguments: ArraySlice<TemplateValue>) -> String {
    var rest = arguments
    var output = ""
    var scalars = Array(format)[...]
    while let character = scalars.popFirst() {
      guard character == "%" else {
        output.append(character)
        continue
      }
      var flags = Set<Character>()
      while let flag = scalars.first, "-0+ #".contains(flag) {
        flags.insert(flag)
        scalars = scalars.dropFirst()
      }
      let width = number(&scalars)
      var precision: Int?
      if scalars.first == "." {
        scalars = scalars.dropFirst()
        precision = number(&scalars) ?? 0
      }
      guard let verb = scalars.popFirst() else { return output + "%!(NOVERB)" }
      if verb == "%" {
        output += "%"
        continue
      }
      guard let value = rest.popFirst() else {
        output += "%!\(verb)(MISSING)"
        continue
      }
      output += padded(text(of: value, verb, precision, hasSign: flags.contains("+")), width ?? 0, flags, value)
    }
    if !rest.isEmpty { output += "%!(EXTRA " + rest.map { "\($0.kind)=\($0.printed)" }.joined(separator: ", ") + ")" }
    return output
  }

  /// At most 4 digits.
  private static func number(_ scalars: inout ArraySlice<Character>) -> Int? {
    let digits = scalars.prefix { $0.isASCII && $0.isNumber }
    scalars = scalars.dropFirst(digits.count)
    return digits.isEmpty ? nil : Int(String(digits.prefix(4)))
  }

  private static func padded(_ text: String, _ width: Int, _ flags: Set<Character>, _ value: TemplateValue) -> String {
    let missing = width - text.count
    guard missing > 0 else { return text }
    if flags.contains("-") { return text + String(repeating: " ", count: missing) }
    let isNumber = if case .int = value { true } else if case .float = value { true } else { false }
    guard flags.contains("0"), isNumber else { return String(repeating: " ", count: missing) + text }
    let zeros = String(repeating: "0", count: missing)
    guard let sign = text.first, sign == "-" || sign == "+" else { return zeros + text }
    return String(sign) + zeros + text.dropFirst()
  }

  private static func text(of value: TemplateValue, _ verb: Character, _ precision: Int?, hasSign: Bool) -> String {
    switch (verb, value) {
    case ("v", _): return value.printed
    case ("s", .text(let text)): return precision.map { String(text.prefix($0)) } ?? text
    case ("s", .list), ("s", .object): return value.printed
    case ("q", .text(let text)): return TemplateValue.text(text).json
    case ("t", .bool(let value)): return String(value)
    case ("d", .int(let number)): return (hasSign && number >= 0 ? "+" : "") + String(number)
    case ("c", .int(let number)): return UInt32(exactly: number).flatMap { Unicode.Scalar($0) }.map { String($0) } ?? "\u{FFFD}"
    case ("x", .int(let number)): return String(number, radix: 16)
    case ("X", .int(let number)): return String(number, radix: 16, uppercase: true)
    case ("x", .text(let text)): return text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    case ("f", .float(let number)): return fixed(number, precision ?? 6)
    case ("f", .int(let number)): return "%!f(int=\(number))"
    case ("g", .float(let number)), ("e", .float(let number)): return "\(number)"
    default: return "%!\(verb)(\(value.kind)=\(value.printed))"
    }
  }

  /// A number with so many places behind the point, rounded.
  private static func fixed(_ number: Double, _ places: Int) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
    let places = min(places, 9)
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (abs(number) * scale).rounded(.toNearestOrEven)
    guard scaled < 9e18 else { return "\(number)" }
    let digits = String(Int64(scaled))
    let sign = number < 0 ? "-" : ""
    guard places > 0 else { return sign + digits }
    let filled = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + filled.dropLast(places) + "." + filled.suffix(places)
  }
}
