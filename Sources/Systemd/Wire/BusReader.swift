/// Reads what `BusWriter` writes. A message that ends too soon is an error.
struct BusReader {
  private let bytes: ArraySlice<UInt8>
  private var next: Int
  private let origin: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    next = bytes.startIndex
    origin = bytes.startIndex
  }

  var position: Int { next - origin }

  mutating func align(_ boundary: Int) {
    while (next - origin) % boundary != 0 { next += 1 }
  }

  mutating func byte() throws(SystemdError) -> UInt8 {
    guard next < bytes.endIndex else { throw SystemdError("the message ends too soon") }
    defer { next += 1 }
    return bytes[next]
  }

  mutating func number() throws(SystemdError) -> UInt32 {
    align(4)
    var value: UInt32 = 0
    for index in 0..<UInt32(4) { value |= UInt32(try byte()) << (8 * index) }
    return value
  }

  mutating func text() throws(SystemdError) -> String { try text(count: Int(try number())) }

  mutating func signature() throws(SystemdError) -> String { try text(count: Int(try byte())) }

  private mutating func text(count: Int) throws(SystemdError) -> String {
    guard count < bytes.endIndex - next else { throw SystemdError("the message ends too soon") }
    defer { next += count + 1 }
    return String(decoding: bytes[next..<next + count], as: UTF8.self)
  }
}
