public import Backend
import StackModel

/// One line of a json-file log: `{"log":"text\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}`.
///
/// Read by hand, because a general JSON reader costs many times the line. Escapes are those of JSON.
public struct LogEntry: Sendable, Equatable {
  public var text: String
  public var stream: LogLine.Stream
  /// Nanoseconds since 1970.
  public var at: Int64

  /// nil for a line that is not of that form: a torn one after a crash, for example.
  public init?(line: some Collection<UInt8>) {
    var reader = Reader(bytes: Array(line))
    var text: String?
    var stream: LogLine.Stream?
    var at: Int64?
    guard reader.take("{") else { return nil }
    repeat {
      guard let key = reader.string(), reader.take(":"), let value = reader.string() else { return nil }
      switch key {
      case "log": text = value
      case "stream": stream = LogLine.Stream(rawValue: value)
      case "time": at = Timestamp.nanoseconds(value)
      default: break
      }
    } while reader.take(",")
    guard reader.take("}"), let text, let stream, let at else { return nil }
    self.text = text
    self.stream = stream
    self.at = at
  }

  private struct Reader {
    var bytes: [UInt8]
    var place = 0

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      while place < bytes.count, bytes[place] == 0x20 { place += 1 }
      guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
      place += 1
      return true
    }

    mutating func string() -> String? {
      guard take("\"") else { return nil }
      let start = place
      while place < bytes.count, bytes[place] != 0x22, bytes[place] != 0x5C { place += 1 }
      guard place < bytes.count else { return nil }
      if bytes[place] == 0x22 {
        defer { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
      }
      var out = Array(bytes[start..<place])
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        if byte == 0x22 { return String(decoding: out, as: UTF8.self) }
        guard byte == 0x5C else {
          out.append(byte)
          continue
        }
        guard place < bytes.count else { return nil }
        let escape = bytes[place]
        place += 1
        switch escape {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "u"):
          guard let scalar = unicode() else { return nil }
          out.append(contentsOf: Array(String(scalar).utf8))
        default: out.append(escape)
        }
      }
      return nil
    }

    private mutating func unicode() -> Unicode.Scalar? {
      guard let first = hex4() else { return nil }
      if (0xD800..<0xDC00).contains(first) {
        guard place + 1 < bytes.count, bytes[place] == 0x5C, bytes[place + 1] == UInt8(ascii: "u") else { return "\u{FFFD}" }
        place += 2
        guard let second = hex4() else { return nil }
        guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      }
      return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func hex4() -> UInt32? {
      guard place + 4 <= bytes.count else { return nil }
      defer { place += 4 }
      return UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    }
  }
}
