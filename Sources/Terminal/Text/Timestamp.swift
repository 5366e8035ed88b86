/// A moment as RFC 3339 with nine decimals, in UTC: `2026-11-21T07:40:30.000000000Z`. From nanoseconds since 1970.
public func timestamp(_ nanoseconds: Int64) -> String {
  let second: Int64 = 1_000_000_000
  var seconds = nanoseconds / second
  var rest = nanoseconds % second
  if rest < 0 {
    rest += second
    seconds -= 1
  }
  var days = seconds / 86400
  var inDay = seconds % 86400
  if inDay < 0 {
    inDay += 86400
    days -= 1
  }
  let (year, month, day) = civil(days)
  func digits(_ value: Int64, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
  return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T"
    + "\(digits(inDay / 3600, 2)):\(digits(inDay / 60 % 60, 2)):\(digits(inDay % 60, 2)).\(digits(rest, 9))Z"
}

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
  let seconds = daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
  return seconds * 1_000_000_000 + fraction
}

/// The date of a day counted from 1970-01-01, Gregorian (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
private func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}

private func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
  let year = month <= 2 ? year - 1 : year
  let era = year / 400
  let yearOfEra = year - era * 400
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}
