/// Cuts a stream of bytes into session frames, whatever the pieces it arrives in.
public struct SessionFrameDecoder: Sendable {
  /// A frame longer than the other side may send.
  public struct TooLong: Error, Equatable {
    public var length: Int
    public var limit: Int
    public init(length: Int, limit: Int) {
      self.length = length
      self.limit = limit
    }
  }

  let limit: Int
  private var buffer: [UInt8] = []
  private var start = 0

  /// `limit`: the longest payload that is taken, in bytes.
  public init(limit: Int) { self.limit = limit }

  public mutating func append(_ bytes: some Sequence<UInt8>) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole frame; nil: more bytes are needed.
  public mutating func next() throws(TooLong) -> SessionFrame? {
    guard buffer.count - start >= 5 else { return nil }
    let length = buffer[(start + 1)..<(start + 5)].reduce(0) { $0 << 8 | Int($1) }
    guard length <= limit else { throw TooLong(length: length, limit: limit) }
    guard buffer.count - start - 5 >= length else { return nil }
    let frame = SessionFrame(type: buffer[start], payload: Array(buffer[(start + 5)..<(start + 5 + length)]))
    start += 5 + length
    return frame
  }

  /// Whether a frame has begun and not ended.
  public var isInsideFrame: Bool { buffer.count > start }
}
