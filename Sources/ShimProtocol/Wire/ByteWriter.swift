/// Puts values one behind the other: integers little-endian, strings and arrays with a 32-bit count before them.
public struct ByteWriter: Sendable {
  /// What was written.
  public private(set) var bytes: [UInt8] = []
  public init() {}

  mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func text(_ value: String) {
    integer(UInt32(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func put<each Value: WireValue>(_ tag: UInt8, _ values: repeat each Value) {
    bytes.append(tag)
    repeat (each values).write(to: &self)
  }
}
