/// Lengths of time as Go writes them: `1h2m3.5s`, `500ms`, `0`.
enum GoDuration {
  /// nil when the text is none, is negative, or does not fit.
  static func nanoseconds(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    guard !text.isEmpty else { return nil }
    var rest = text.utf8[...]
    var total: Double = 0
    while !rest.isEmpty {
      let digits = rest.prefix { (48...57).contains($0) || $0 == 0x2E }
      guard let number = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { !(48...57).contains($0) && $0 != 0x2E }
      rest = rest.dropFirst(letters.count)
      switch String(decoding: letters, as: UTF8.self) {
      case "ns": total += number
      case "us", "µs": total += number * 1e3
      case "ms": total += number * 1e6
      case "s": total += number * 1e9
      case "m": total += number * 60e9
      case "h": total += number * 3600e9
      default: return nil
      }
    }
    return total < 9e18 ? Int64(total) : nil
  }
}
