/// Writes values as the D-Bus specification marshals them, little-endian, each on its natural boundary.
struct BusWriter {
  private(set) var bytes: [UInt8] = []

  mutating func align(_ boundary: Int) {
    while bytes.count % boundary != 0 { bytes.append(0) }
  }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func number(_ value: UInt32) {
    align(4)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  mutating func long(_ value: UInt64) {
    align(8)
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  /// A string, or an object's path.
  mutating func text(_ value: String) {
    number(UInt32(value.utf8.count))
    bytes += Array(value.utf8) + [0]
  }

  mutating func signature(_ value: String) {
    byte(UInt8(value.utf8.count))
    bytes += Array(value.utf8) + [0]
  }

  /// An array of elements that begin on `boundary`: its length does not count what is skipped to the first of them.
  mutating func array(boundary: Int, _ body: (inout BusWriter) -> Void) {
    number(0)
    let place = bytes.count - 4
    align(boundary)
    let start = bytes.count
    body(&self)
    let length = UInt32(bytes.count - start)
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
  }

  mutating func structure(_ body: (inout BusWriter) -> Void) {
    align(8)
    body(&self)
  }

  mutating func variant(_ value: BusValue) {
    signature(value.signature)
    switch value {
    case .text(let text): self.text(text)
    case .flag(let flag): number(flag ? 1 : 0)
    case .number(let value): long(value)
    case .signed(let value): number(UInt32(bitPattern: value))
    case .numbers(let values): array(boundary: 4) { writer in values.forEach { writer.number($0) } }
    case .texts(let values): array(boundary: 4) { writer in values.forEach { writer.text($0) } }
    case .bytes(let values): array(boundary: 1) { writer in values.forEach { writer.byte($0) } }
    }
  }

  /// `a(sv)`: properties with their values.
  mutating func properties(_ properties: [UnitProperty]) {
    array(boundary: 8) { writer in
      for property in properties {
        writer.structure { writer in
          writer.text(property.name)
          writer.variant(property.value)
        }
      }
    }
  }

  mutating func append(_ other: [UInt8]) { bytes += other }
}
