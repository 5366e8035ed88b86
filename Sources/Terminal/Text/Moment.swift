import StackModel

/// Nanoseconds since 1970 of an RFC 3339 moment (`2026-11-21T07:40:30.5+01:00`); nil when it is none.
public func moment(_ text: String) -> Int64? {
  var bytes = Substring(text).utf8
  func number(_ count: Int) -> Int64? {
    guard bytes.count >= count else { return nil }
    var value: Int64 = 0
    for byte in bytes.prefix(count) {
      guard (48...57).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - 48)
    }
    bytes = bytes.dropFirst(count)
    return value
  }
  func skip(_ allowed: String) -> UInt8? {
    guard let byte = bytes.first, allowed.utf8.contains(byte) else { return nil }
    bytes = bytes.dropFirst()
    return byte
  }
  guard let year = number(4), skip("-") != nil, let month = number(2), skip("-") != nil, let day = number(2), skip("Tt ") != nil,
    let hour = number(2), skip(":") != nil, let minute = number(2), skip(":") != nil, let second = number(2),
    (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
  else { return nil }
  var fraction: Int64 = 0
  if skip(".") != nil {
    var scale: Int64 = 100_000_000
    var count = 0
    while let digit = number(1) {
      fraction += digit * scale
      scale /= 10
      count += 1
    }
    guard count > 0 else { return nil }
  }
  var offset: Int64 = 0
  switch skip("Zz+-") {
  case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
  case let sign?:
    guard let hours = number(2), skip(":") != nil, let minutes = number(2) else { return nil }
    offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  case nil: return nil
  }
  guard bytes.isEmpty else { return nil }
  let seconds = Timestamp.daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
  return seconds * 1_000_000_000 + fraction
}
