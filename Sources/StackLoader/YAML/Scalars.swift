/// What a plain scalar means: YAML 1.2's core schema, with `0777` read as octal as Compose does. `yes`, `no`, `on`,
/// `off`, dates and `22:22` stay strings.
func resolvedPlain(_ text: String) -> (value: Node.Value, isLegacyOctal: Bool) {
  switch text {
  case "", "~", "null", "Null", "NULL": return (.null, false)
  case "true", "True", "TRUE": return (.bool(true), false)
  case "false", "False", "FALSE": return (.bool(false), false)
  case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return (.float(.infinity), false)
  case "-.inf", "-.Inf", "-.INF": return (.float(-.infinity), false)
  case ".nan", ".NaN", ".NAN": return (.float(.nan), false)
  default: break
  }
  guard let first = text.utf8.first, text.utf8.count <= 64,
    first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: ".") || isDigit(first)
  else { return (.string(text), false) }
  if let (integer, isLegacyOctal) = integer(text) { return (.integer(integer), isLegacyOctal) }
  if isDecimalFloat(text), let float = Double(text) { return (.float(float), false) }
  return (.string(text), false)
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// `12`, `-0x1F`, `0o17`, `017`, `0b11`.
private func integer(_ text: String) -> (Int64, isLegacyOctal: Bool)? {
  var digits = Substring(text)
  let isNegative = digits.first == "-"
  if isNegative || digits.first == "+" { digits = digits.dropFirst() }
  var radix = 10
  var isLegacyOctal = false
  if digits.hasPrefix("0"), digits.count > 1 {
    switch digits.dropFirst().first {
    case "x", "X": radix = 16
    case "o", "O": radix = 8
    case "b", "B": radix = 2
    default:
      radix = 8
      isLegacyOctal = true
    }
    digits = digits.dropFirst(isLegacyOctal ? 1 : 2)
  }
  guard digits.first?.isHexDigit == true, let value = Int64((isNegative ? "-" : "") + digits, radix: radix) else { return nil }
  return (value, isLegacyOctal)
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
private func isDecimalFloat(_ text: String) -> Bool {
  var rest = text.utf8[...]
  func take(_ matches: (UInt8) -> Bool) -> Int {
    let taken = rest.prefix(while: matches).count
    rest = rest.dropFirst(taken)
    return taken
  }
  func takeSign() { if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() } }
  takeSign()
  var digits = take(isDigit)
  if rest.first == UInt8(ascii: ".") {
    rest = rest.dropFirst()
    digits += take(isDigit)
  }
  guard digits > 0 else { return false }
  if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
    rest = rest.dropFirst()
    takeSign()
    guard take(isDigit) > 0 else { return false }
  }
  return rest.isEmpty
}

/// A number in the fewest digits, `1e+06` for a million, as Go's `%v` and so Compose writes it.
func shortest(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
  if value == 0 { return value.sign == .minus ? "-0" : "0" }
  // Swift's description has the fewest digits too, laid out differently: take the digits and the exponent out of it.
  let description = String(value.magnitude.description)
  let parts = description.split(separator: "e")
  let whole = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  var digits = Array(whole.joined().utf8)
  var point = whole[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  while digits.count > 1, digits.first == UInt8(ascii: "0") {
    digits.removeFirst()
    point -= 1
  }
  while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
  let sign = value < 0 ? "-" : ""
  let exponent = point - 1
  func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
  if exponent < -4 || exponent >= max(21, 0) || exponent >= 6 && exponent >= digits.count {
    let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
    let magnitude = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return "\(sign)\(text(digits.prefix(1)))\(fraction)e\(exponent < 0 ? "-" : "+")\(magnitude)"
  }
  if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(text(digits))" }
  if point >= digits.count { return sign + text(digits) + String(repeating: "0", count: point - digits.count) }
  return "\(sign)\(text(digits.prefix(point))).\(text(digits.dropFirst(point)))"
}
