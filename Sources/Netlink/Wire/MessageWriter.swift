/// Writes netlink messages one after another: headers, fixed structures and attributes, all aligned to four bytes.
///
/// Lengths are filled in when the scope (`message`, `nested`) closes, so that nobody counts offsets (RFC 3549, `netlink(7)`).
public struct MessageWriter: Sendable {
  /// What is to be sent.
  public private(set) var bytes: [UInt8] = []
  /// Messages so far.
  public private(set) var count = 0
  private let firstSequence: UInt32

  /// The first message gets the sequence number `sequence`, each further one the next.
  public init(sequence: UInt32 = 0) { firstSequence = sequence }

  /// Writes one message: `nlmsghdr` and what `body` writes.
  public mutating func message(type: UInt16, flags: UInt16, _ body: (inout MessageWriter) -> Void) {
    let start = bytes.count
    integer(UInt32(0))
    integer(type)
    integer(flags)
    integer(firstSequence &+ UInt32(truncatingIfNeeded: count))
    integer(UInt32(0))  // port: the kernel's to fill
    count += 1
    body(&self)
    let length = UInt32(truncatingIfNeeded: bytes.count - start)
    patch(length, at: start)
    align()
  }

  /// Appends an integer in the machine's byte order.
  public mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  /// Writes an attribute whose value is what `body` writes.
  public mutating func attribute(_ type: UInt16, _ body: (inout MessageWriter) -> Void) {
    let start = bytes.count
    integer(UInt16(0))
    integer(type)
    body(&self)
    let length = UInt16(truncatingIfNeeded: bytes.count - start)
    patch(length, at: start)
    align()
  }

  /// Writes an attribute that holds attributes (`NLA_F_NESTED`).
  public mutating func nested(_ type: UInt16, _ body: (inout MessageWriter) -> Void) {
    attribute(type | 0x8000, body)
  }

  /// Writes an attribute of an integer in the machine's byte order.
  public mutating func attribute<Value: FixedWidthInteger>(_ type: UInt16, _ value: Value) {
    attribute(type) { $0.integer(value) }
  }

  /// Writes an attribute of an integer in network byte order, as nfnetlink has them.
  public mutating func attribute<Value: FixedWidthInteger>(_ type: UInt16, bigEndian value: Value) {
    attribute(type) { $0.integer(value.bigEndian) }
  }

  /// Writes an attribute of bytes.
  public mutating func attribute(_ type: UInt16, bytes value: [UInt8]) {
    attribute(type) { $0.append(value) }
  }

  /// Writes an attribute of a text with its terminating zero.
  public mutating func attribute(_ type: UInt16, _ text: String) {
    attribute(type) {
      $0.append(Array(text.utf8))
      $0.append([0])
    }
  }

  /// Appends bytes as they are.
  public mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  private mutating func align() {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }

  private mutating func patch<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + MemoryLayout<Value>.size, with: $0) }
  }
}
