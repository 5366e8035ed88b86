/// Docker's json-file form of an entry, byte for byte: `{"log":"…\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}`.
enum LogEntryEncoder {
  /// `attributes`: `,"attrs":{…}`, or nothing.
  static func append(
    _ text: UnsafeRawBufferPointer, endsLine: Bool, stream: StaticString, time: Int64, attributes: [UInt8], to out: inout [UInt8]
  ) {
    append("{\"log\":\"", to: &out)
    escape(text, to: &out)
    if endsLine { append("\\n", to: &out) }
    append("\",\"stream\":\"", to: &out)
    append(stream, to: &out)
    append("\"", to: &out)
    out.append(contentsOf: attributes)
    append(",\"time\":\"", to: &out)
    append(time: time, to: &out)
    append("\"}\n", to: &out)
  }

  /// A moment in nanoseconds since 1970, as an entry has it.
  static func rfc3339(_ time: Int64) -> String {
    var out: [UInt8] = []
    append(time: time, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private static func append(_ text: StaticString, to out: inout [UInt8]) {
    text.withUTF8Buffer { out.append(contentsOf: $0) }
  }

  /// As Go's encoding/json with HTML escapes: control characters, `<`, `>`, `&`, U+2028 and U+2029 by number, wrong UTF-8 as `\ufffd`.
  private static func escape(_ text: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    var start = 0
    var at = 0
    func flush(_ out: inout [UInt8]) { out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<at])) }
    while at < text.count {
      let byte = text[at]
      if byte < 0x80 {
        if !needsEscape(byte) {
          at += 1
          continue
        }
        flush(&out)
        switch byte {
        case 0x22, 0x5C: out += [0x5C, byte]
        case 0x0A: append("\\n", to: &out)
        case 0x0D: append("\\r", to: &out)
        default:
          append("\\u00", to: &out)
          out += [hex(byte >> 4), hex(byte & 15)]
        }
        at += 1
        start = at
        continue
      }
      let length = sequenceLength(text, at)
      if length == 0 {
        flush(&out)
        append("\\ufffd", to: &out)
        at += 1
        start = at
      } else if length == 3, byte == 0xE2, text[at + 1] == 0x80, text[at + 2] & 0xFE == 0xA8 {
        flush(&out)
        append("\\u202", to: &out)
        out.append(hex(text[at + 2] & 15))
        at += 3
        start = at
      } else {
        at += length
      }
    }
    flush(&out)
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x3C || byte == 0x3E || byte == 0x26
  }

  private static func hex(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

  /// Bytes of the well-formed sequence that starts here (RFC 3629), 0 when there is none.
  private static func sequenceLength(_ text: UnsafeRawBufferPointer, _ at: Int) -> Int {
    let first = text[at]
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if first == 0xE0 { low = 0xA0 }
      if first == 0xED { high = 0x9F }
    case 0xF0...0xF4:
      length = 4
      if first == 0xF0 { low = 0x90 }
      if first == 0xF4 { high = 0x8F }
    default: return 0
    }
    guard at + length <= text.count, (low...high).contains(text[at + 1]) else { return 0 }
    for index in at + 2..<max(at + length, at + 2) where text[index] & 0xC0 != 0x80 { return 0 }
    return length
  }

  /// RFC 3339 in UTC, with the nanoseconds that are not trailing zeros.
  private static func append(time: Int64, to out: inout [UInt8]) {
    let second: Int64 = 1_000_000_000
    let seconds = time / second
    let day = seconds / 86400
    let rest = seconds % 86400
    // Days to a civil date, in eras of 400 years that begin on 1 March.
    let shifted = day + 719_468
    let era = shifted / 146_097
    let ofEra = shifted % 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * ofYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    digits(era * 400 + yearOfEra + (month <= 2 ? 1 : 0), 4, "-", &out)
    digits(month, 2, "-", &out)
    digits(ofYear - (153 * march + 2) / 5 + 1, 2, "T", &out)
    digits(rest / 3600, 2, ":", &out)
    digits(rest / 60 % 60, 2, ":", &out)
    digits(rest % 60, 2, "", &out)
    let fraction = time % second
    if fraction > 0 {
      append(".", to: &out)
      digits(fraction, 9, "", &out)
      while out.last == 0x30 { out.removeLast() }
    }
    append("Z", to: &out)
  }

  private static func digits(_ value: Int64, _ count: Int, _ after: StaticString, _ out: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<count { divisor *= 10 }
    while divisor > 0 {
      out.append(0x30 + UInt8(value / divisor % 10))
      divisor /= 10
    }
    append(after, to: &out)
  }
}
