/// Reads the strings and marks of a JSON text by hand: a general reader costs many times a line of log.
public struct JSONStrings {
  /// A string between its quotes, as it is written.
  public struct Literal {
    public let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let hasEscapes: Bool

    /// Whether it is that text, written without escapes.
    public func equals(_ text: StaticString) -> Bool {
      bytes.count == text.utf8CodeUnitCount && bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: bytes.count))
    }

    /// What it means; nil when an escape is none of JSON's (RFC 8259, section 7). Half a surrogate pair is U+FFFD.
    public var text: String? {
      guard hasEscapes else { return String(decoding: bytes, as: UTF8.self) }
      var isWhole = true
      // No escape is shorter than what it means.
      let text = String(unsafeUninitializedCapacity: bytes.count) { out in
        guard let count = unescape(into: out) else {
          isWhole = false
          return 0
        }
        return count
      }
      return isWhole ? text : nil
    }

    private func unescape(into out: UnsafeMutableBufferPointer<UInt8>) -> Int? {
      var (place, count) = (0, 0)
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        guard byte == 0x5C else {
          out[count] = byte
          count += 1
          continue
        }
        guard place < bytes.count else { return nil }
        let escape = bytes[place]
        place += 1
        if escape == UInt8(ascii: "u") {
          guard let scalar = scalar(&place) else { return nil }
          for unit in String(scalar).utf8 {
            out[count] = unit
            count += 1
          }
          continue
        }
        switch escape {
        case UInt8(ascii: "n"): out[count] = 0x0A
        case UInt8(ascii: "t"): out[count] = 0x09
        case UInt8(ascii: "r"): out[count] = 0x0D
        case UInt8(ascii: "b"): out[count] = 0x08
        case UInt8(ascii: "f"): out[count] = 0x0C
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out[count] = escape
        default: return nil
        }
        count += 1
      }
      return count
    }

    /// Of the digits at `place`, and of the second half of a pair behind them.
    private func scalar(_ place: inout Int) -> Unicode.Scalar? {
      guard let first = hexadecimal(place) else { return nil }
      place += 4
      guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
      guard place + 1 < bytes.count, bytes[place] == 0x5C, bytes[place + 1] == UInt8(ascii: "u"),
        let second = hexadecimal(place + 2), (0xDC00..<0xE000).contains(second)
      else { return "\u{FFFD}" }
      place += 6
      return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    private func hexadecimal(_ place: Int) -> UInt32? {
      guard place + 4 <= bytes.count else { return nil }
      var value: UInt32 = 0
      for byte in bytes[place..<place + 4] {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
        value = value << 4 | UInt32(digit)
      }
      return value
    }
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  public private(set) var place = 0

  public init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Whether nothing is left.
  public var isAtEnd: Bool { place == bytes.count }

  /// Goes over spaces and this character; false, and not over it, when another is there.
  public mutating func take(_ character: UInt8) -> Bool {
    while place < bytes.count, bytes[place] == 0x20 { place += 1 }
    guard place < bytes.count, bytes[place] == character else { return false }
    place += 1
    return true
  }

  /// Goes over this text, written just so.
  public mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place + count <= bytes.count,
      bytes[place..<place + count].elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
    else { return false }
    place += count
    return true
  }

  /// The next string; nil when there is none, or not to its end.
  public mutating func string() -> Literal? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = place
    var hasEscapes = false
    while place < bytes.count, bytes[place] != 0x22 {
      if bytes[place] == 0x5C {
        hasEscapes = true
        place += 1
      }
      place += 1
    }
    guard place < bytes.count else { return nil }
    defer { place += 1 }
    return Literal(bytes: UnsafeBufferPointer(rebasing: bytes[start..<place]), hasEscapes: hasEscapes)
  }

  /// The next whole number.
  public mutating func integer() -> Int64? {
    let start = place
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") { place += 1 }
    var value: Int64 = 0
    while place < bytes.count, case let digit = bytes[place], (48...57).contains(digit) {
      let (product, isLong) = value.multipliedReportingOverflow(by: 10)
      let (sum, isOver) = product.subtractingReportingOverflow(Int64(digit - 48))
      guard !isLong, !isOver else { return nil }
      value = sum
      place += 1
    }
    guard place > start, (48...57).contains(bytes[place - 1]) else { return nil }
    // Counted downwards, because there is one more of the negative ones.
    return bytes[start] == UInt8(ascii: "-") ? value : value == .min ? nil : -value
  }
}
