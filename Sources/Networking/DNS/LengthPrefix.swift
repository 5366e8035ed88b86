import NIOCore

/// DNS messages in a stream have their length before them, in two bytes (RFC 1035, section 4.2.2).
struct LengthPrefixDecoder: NIOSingleStepByteToMessageDecoder, ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  mutating func decode(buffer: inout ByteBuffer) -> ByteBuffer? { buffer.readLengthPrefixedSlice(as: UInt16.self) }

  mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) -> ByteBuffer? { decode(buffer: &buffer) }
}

func lengthPrefixed(_ packet: [UInt8]) -> ByteBuffer {
  var buffer = ByteBuffer()
  buffer.writeInteger(UInt16(truncatingIfNeeded: packet.count))
  buffer.writeBytes(packet)
  return buffer
}
