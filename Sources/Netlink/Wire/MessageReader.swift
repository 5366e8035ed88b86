/// A received message: its header's fields and its payload.
public struct ReceivedMessage: Sendable {
  public var type: UInt16
  public var flags: UInt16
  public var sequence: UInt32
  /// Of the socket that asked; in a notification, of the socket whose request made the change.
  public var port: UInt32
  public var payload: ArraySlice<UInt8>
}

/// Cuts a received buffer into messages; a damaged length ends it.
public struct MessageReader: Sequence, IteratorProtocol, Sendable {
  private var rest: ArraySlice<UInt8>

  public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  public mutating func next() -> ReceivedMessage? {
    guard let length = rest.integer(at: 0, as: UInt32.self), let type = rest.integer(at: 4, as: UInt16.self),
      let flags = rest.integer(at: 6, as: UInt16.self), let sequence = rest.integer(at: 8, as: UInt32.self),
      let port = rest.integer(at: 12, as: UInt32.self), length >= 16, Int(length) <= rest.count
    else { return nil }
    let payload = rest.dropFirst(16).prefix(Int(length) - 16)
    rest = rest.dropFirst((Int(length) + 3) & ~3)
    return ReceivedMessage(type: type, flags: flags, sequence: sequence, port: port, payload: payload)
  }
}

/// Cuts a run of attributes into (type, value); a damaged length ends it. The flag bits of the type are taken off.
public struct AttributeReader: Sequence, IteratorProtocol, Sendable {
  private var rest: ArraySlice<UInt8>

  public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  public mutating func next() -> (type: UInt16, value: ArraySlice<UInt8>)? {
    guard let length = rest.integer(at: 0, as: UInt16.self), let type = rest.integer(at: 2, as: UInt16.self),
      length >= 4, Int(length) <= rest.count
    else { return nil }
    let value = rest.dropFirst(4).prefix(Int(length) - 4)
    rest = rest.dropFirst((Int(length) + 3) & ~3)
    return (type & 0x3FFF, value)
  }
}

extension ArraySlice<UInt8> {
  /// The integer in the machine's byte order at `offset` from the start; nil beyond the end.
  func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value? {
    guard offset >= 0, offset + MemoryLayout<Value>.size <= count else { return nil }
    return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
  }

  /// The text up to the first zero.
  var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
