import Glibc
package import LinuxKit
package import ShimProtocol

/// What a process on its way to the user's program tells the shim, each in one message. The end without one means that the program runs.
package enum ChildMessage {
  /// `awaitStart` was reached.
  case isWaiting
  case failed(step: Int, errno: Int32, detail: String)
  /// The terminal's master comes along.
  case terminal
  /// Its new user namespace has no numbers yet; it waits for them.
  case needsNumbers
  /// What goes on is another process, a child of the shim's like this one, which ends.
  case goesOn(pid: Int32)
  /// How long steps took.
  case took([ShimSpan])

  private static let longest = 4096
  /// So many spans are in one message.
  package static let mostSpans = 100

  package var bytes: [UInt8] {
    switch self {
    case .isWaiting: [0]
    case .failed(let step, let errno, let detail):
      [1] + step.wireBytes + errno.wireBytes + String(decoding: detail.utf8.filter { $0 != 0 }.prefix(2000), as: UTF8.self).wireBytes
    case .terminal: [2]
    case .needsNumbers: [3]
    case .goesOn(let pid): [4] + pid.wireBytes
    case .took(let spans): [5] + spans.wireBytes
    }
  }

  package init?(_ bytes: [UInt8]) {
    var reader = ByteReader(Array(bytes.dropFirst()))
    switch bytes.first {
    case 0: self = .isWaiting
    case 1:
      guard let step = try? Int(from: &reader), let errno = try? Int32(from: &reader), let detail = try? String(from: &reader) else {
        return nil
      }
      self = .failed(step: step, errno: errno, detail: detail)
    case 2: self = .terminal
    case 3: self = .needsNumbers
    case 4:
      guard let pid = try? Int32(from: &reader) else { return nil }
      self = .goesOn(pid: pid)
    case 5:
      guard let spans = try? [ShimSpan](from: &reader) else { return nil }
      self = .took(spans)
    default: return nil
    }
  }

  /// The next message, which stays where it is; nil at the end.
  package static func peek(_ socket: borrowing Descriptor) throws(KernelError) -> ChildMessage? {
    let number = socket.number
    var bytes = [UInt8](repeating: 0, count: longest)
    let count = try kernel("recv(2)") { recv(number, &bytes, longest, Int32(MSG_PEEK)) }
    if count == 0 { return nil }
    guard let message = ChildMessage(Array(bytes[..<count])) else { throw KernelError("recv(2)", errno: EBADMSG) }
    return message
  }

  /// The next message of a socket that keeps messages; nil at the end. `EAGAIN`: not yet.
  package static func receive(_ socket: borrowing Descriptor) throws(KernelError) -> (ChildMessage, [SharedDescriptor])? {
    var descriptors: [SharedDescriptor] = []
    let bytes = try withUnsafeTemporaryAllocation(byteCount: longest, alignment: 8) { (buffer) throws(KernelError) in
      let count = try socket.receive(into: buffer, descriptors: &descriptors)
      return Array(buffer[..<count])
    }
    if bytes.isEmpty { return nil }
    guard let message = ChildMessage(bytes) else { throw KernelError("recvmsg(2)", errno: EBADMSG) }
    return (message, descriptors)
  }
}
