/// Bytes that are not a message: cut off, or with a value that does not exist.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}

/// Takes values from bytes that nobody vouches for: every count and every tag is checked before it is believed.
public struct ByteReader: Sendable {
  private let bytes: [UInt8]
  private var position = 0
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many bytes are left.
  public var remaining: Int { bytes.count - position }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(WireError) -> Value {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw WireError("message is cut off") }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Value.self) }
    position += size
    return Value(littleEndian: value)
  }

  /// A text in UTF-8 without NUL, which the kernel would take for its end.
  mutating func text() throws(WireError) -> String {
    let count = try self.count()
    let slice = bytes[position..<position + count]
    guard !slice.contains(0), let text = String(validating: slice, as: UTF8.self) else { throw WireError("not a text") }
    position += count
    return text
  }

  /// The number of elements that follow, each of a byte or more.
  mutating func count() throws(WireError) -> Int {
    let count = try integer(UInt32.self)
    guard Int(count) <= remaining else { throw WireError("message is cut off") }
    return Int(count)
  }

  /// Everything must have been read.
  func finish() throws(WireError) {
    if remaining != 0 { throw WireError("message has bytes too many") }
  }
}
