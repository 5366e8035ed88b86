import StackModel

/// The small languages that values of stack files are written in. nil: not that.
enum Values {
  /// Also as texts, as interpolation leaves them.
  static func bool(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "y", "on", "1": true
    case "false", "no", "n", "off", "0": false
    default: nil
    }
  }

  /// `512m`, `1.5g`, `64 MB`, `1073741824`: powers of 1024.
  static func bytes(_ text: String) -> Int64? { ByteCount(text)?.bytes }

  /// `1m30s`, `1.5h`, `500ms`, `2d`, `1w`, `0`; in nanoseconds.
  static func duration(_ text: String) -> Int64? {
    guard text != "0" else { return 0 }
    var rest = Substring(text)
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = Substring(rest.utf8.prefix(while: isNumeric))
      guard number.utf8.contains(where: { $0 != UInt8(ascii: ".") }),
        let value = Double(number.utf8.first == UInt8(ascii: ".") ? "0" + number : number)
      else { return nil }
      let unit = Substring(rest.utf8[number.endIndex...].prefix { !isNumeric($0) })
      rest = rest[unit.endIndex...]
      switch unit {
      case "w": total += value * 604_800e9
      case "d": total += value * 86_400e9
      case "h": total += value * 3_600e9
      case "m": total += value * 60e9
      case "s": total += value * 1e9
      case "ms": total += value * 1e6
      case "us", "µs", "μs": total += value * 1e3
      case "ns": total += value
      default: return nil
      }
    }
    return total < 9e18 ? Int64(total.rounded()) : nil
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
  }

  /// `1m30s` of nanoseconds, as Go and so Compose prints it.
  static func text(ofDuration nanoseconds: Int64) -> String {
    guard nanoseconds > 0 else { return "0s" }
    if nanoseconds < 1000 { return "\(nanoseconds)ns" }
    if nanoseconds < 1_000_000 { return fraction(nanoseconds, 1000) + "µs" }
    if nanoseconds < 1_000_000_000 { return fraction(nanoseconds, 1_000_000) + "ms" }
    let minute: Int64 = 60_000_000_000
    let hours = nanoseconds / (60 * minute)
    let minutes = nanoseconds / minute % 60
    let seconds = fraction(nanoseconds % minute, 1_000_000_000) + "s"
    if hours > 0 { return "\(hours)h\(minutes)m\(seconds)" }
    return minutes > 0 ? "\(minutes)m\(seconds)" : seconds
  }

  private static func fraction(_ value: Int64, _ unit: Int64) -> String {
    guard value % unit != 0 else { return String(value / unit) }
    var digits = String(value % unit + unit).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(value / unit).\(digits)"
  }

  /// Cores (`0.5`) in billionths.
  static func nanocores(_ text: String) -> Int64? {
    guard let cores = Double(text), cores >= 0, cores < 1e6 else { return nil }
    return Int64((cores * 1e9).rounded())
  }

  /// Permission bits: a number as it is, a text in octal (`0440`, `"440"`).
  static func mode(_ node: Node) -> UInt32? {
    switch node.value {
    case .integer(let bits): bits >= 0 && bits <= 0o7777 ? UInt32(bits) : nil
    case .string(let text): UInt32(text.hasPrefix("0o") ? text.dropFirst(2) : text[...], radix: 8).flatMap { $0 <= 0o7777 ? $0 : nil }
    default: nil
    }
  }

  /// The words of a command; nil: a quote is not closed.
  static func words(_ text: String) -> [String]? { ShellWords(text)?.words }
}
