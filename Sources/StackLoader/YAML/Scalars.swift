/// What a plain scalar means: YAML 1.2's core schema, with `0777` read as octal as Compose does. `yes`, `no`, `on`,
/// `off`, dates and `22:22` stay strings.
func resolvedPlain(_ text: String) -> (value: Node.Value, isLegacyOctal: Bool) {
  guard mayMeanMore(text) else { return (.string(text), false) }
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
  if let decimal = plainDecimal(text) { return (.integer(decimal), false) }
  // As Compose reads it, `1_000` is a thousand.
  let number = text.utf8.contains(UInt8(ascii: "_")) ? text.replacing("_", with: "") : text
  if let (integer, isLegacyOctal) = integer(number) { return (.integer(integer), isLegacyOctal) }
  // Beyond what a number can hold here, and a number to Compose: its digits stay.
  if UInt64(number) != nil { return (.string(number), false) }
  if isDecimalFloat(number), let float = Double(number) { return (.float(float), false) }
  return (.string(text), false)
}

/// Whether the text starts as what is no string does; most do not, and need not be compared with every word.
private func mayMeanMore(_ text: String) -> Bool {
  guard let first = text.utf8.first else { return true }
  switch first {
  case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
    return text.utf8.count <= 5
  case UInt8(ascii: "~"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): return true
  default: return isDigit(first)
  }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// Digits and nothing else, as most numbers are, and so few that they fit.
private func plainDecimal(_ text: String) -> Int64? {
  guard text.utf8.count <= 18, text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0") else { return nil }
  var value: Int64 = 0
  for byte in text.utf8 {
    guard isDigit(byte) else { return nil }
    value = value * 10 + Int64(byte - UInt8(ascii: "0"))
  }
  return value
}

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
  if exponent < -4 || exponent >= 6 {
    let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
    let magnitude = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return "\(sign)\(text(digits.prefix(1)))\(fraction)e\(exponent < 0 ? "-" : "+")\(magnitude)"
  }
  if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(text(digits))" }
  if point >= digits.count { return sign + text(digits) + String(repeating: "0", count: point - digits.count) }
  return "\(sign)\(text(digits.prefix(point))).\(text(digits.dropFirst(point)))"
}
