public import LinuxKit

/// A value with bytes.
public protocol WireValue {
  func write(to writer: inout ByteWriter)
  init(from reader: inout ByteReader) throws(WireError)
}

extension WireValue {
  /// The value alone as bytes.
  public var wireBytes: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    return writer.bytes
  }

  /// The value that is all of these bytes.
  public init(wireBytes: [UInt8]) throws(WireError) {
    var reader = ByteReader(wireBytes)
    try self.init(from: &reader)
    try reader.finish()
  }
}

extension WireValue where Self: FixedWidthInteger {
  public func write(to writer: inout ByteWriter) { writer.integer(self) }
  public init(from reader: inout ByteReader) throws(WireError) { self = try reader.integer() }
}
extension UInt8: WireValue {}
extension UInt16: WireValue {}
extension UInt32: WireValue {}
extension UInt64: WireValue {}
extension Int32: WireValue {}
extension Int64: WireValue {}
extension Int: WireValue {}

extension Bool: WireValue {
  public func write(to writer: inout ByteWriter) { writer.integer(UInt8(self ? 1 : 0)) }
  public init(from reader: inout ByteReader) throws(WireError) {
    let byte = try reader.integer(UInt8.self)
    guard byte < 2 else { throw WireError("not a truth value") }
    self = byte == 1
  }
}

extension String: WireValue {
  public func write(to writer: inout ByteWriter) { writer.text(self) }
  public init(from reader: inout ByteReader) throws(WireError) { self = try reader.text() }
}

extension Array: WireValue where Element: WireValue {
  public func write(to writer: inout ByteWriter) {
    writer.integer(UInt32(count))
    for element in self { element.write(to: &writer) }
  }
  public init(from reader: inout ByteReader) throws(WireError) {
    self = []
    for _ in 0..<(try reader.count()) { append(try Element(from: &reader)) }
  }
}

extension Optional: WireValue where Wrapped: WireValue {
  public func write(to writer: inout ByteWriter) {
    (self != nil).write(to: &writer)
    self?.write(to: &writer)
  }
  public init(from reader: inout ByteReader) throws(WireError) {
    self = try Bool(from: &reader) ? try Wrapped(from: &reader) : nil
  }
}

extension WireValue where Self: OptionSet, RawValue == UInt64 {
  public func write(to writer: inout ByteWriter) { writer.integer(rawValue) }
  public init(from reader: inout ByteReader) throws(WireError) { self.init(rawValue: try reader.integer()) }
}
extension Namespaces: WireValue {}
extension MountAttributes: WireValue {}
extension CapabilitySet: WireValue {}

extension WireValue where Self: RawRepresentable, RawValue == UInt8 {
  public func write(to writer: inout ByteWriter) { writer.integer(rawValue) }
  public init(from reader: inout ByteReader) throws(WireError) {
    guard let value = Self(rawValue: try reader.integer()) else { throw WireError("unknown value") }
    self = value
  }
}
extension Propagation: WireValue {}
extension NodeKind: WireValue {}
extension ShimDescription.State: WireValue {}
