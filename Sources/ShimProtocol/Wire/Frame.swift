public import LinuxKit

/// One message on a connection: its bytes, the request that it is or answers (0: told unasked), and descriptors that come along.
///
/// On the wire: payload length (32 bits), number of descriptors (16), request (32), payload.
public struct Frame: Sendable {
  /// The longest payload that is taken.
  public static let maxPayload = 8 << 20
  /// The most descriptors of one message (`SCM_MAX_FD`).
  public static let maxDescriptors = 253
  static let headerSize = 10

  public var request: UInt32
  public var payload: [UInt8]
  public var descriptors: [SharedDescriptor]

  /// The bytes of a message, ready to be sent; `descriptors` go with the first byte.
  public static func bytes(_ value: some WireValue, request: UInt32, descriptorCount: Int = 0) -> [UInt8] {
    let payload = value.wireBytes
    var writer = ByteWriter()
    writer.integer(UInt32(payload.count))
    writer.integer(UInt16(descriptorCount))
    writer.integer(request)
    return writer.bytes + payload
  }
}

/// Puts received bytes and descriptors together to messages.
public struct FrameReader: Sendable {
  private var bytes: [UInt8] = []
  private var descriptors: [SharedDescriptor] = []
  public init() {}

  /// Whether a message has begun and is not whole.
  public var isInsideMessage: Bool { !bytes.isEmpty }

  /// Adds what one receive call brought.
  public mutating func append(_ received: UnsafeRawBufferPointer, _ more: [SharedDescriptor]) throws(WireError) {
    bytes.append(contentsOf: received)
    descriptors += more
    if descriptors.count > 4 * Frame.maxDescriptors { throw WireError("descriptors too many") }
  }

  /// The next whole message. A descriptor never comes later than the first byte of its message.
  public mutating func next() throws(WireError) -> Frame? {
    guard bytes.count >= Frame.headerSize else { return nil }
    var header = ByteReader(Array(bytes[..<Frame.headerSize]))
    let length = Int(try header.integer(UInt32.self))
    let count = Int(try header.integer(UInt16.self))
    let request = try header.integer(UInt32.self)
    guard length <= Frame.maxPayload else { throw WireError("message too long") }
    guard count <= descriptors.count else { throw WireError("descriptors are missing") }
    let end = Frame.headerSize + length
    guard bytes.count >= end else { return nil }
    let frame = Frame(request: request, payload: Array(bytes[Frame.headerSize..<end]), descriptors: Array(descriptors[..<count]))
    // A fresh array, so that a big message's memory goes.
    bytes = Array(bytes[end...])
    descriptors.removeFirst(count)
    return frame
  }
}
