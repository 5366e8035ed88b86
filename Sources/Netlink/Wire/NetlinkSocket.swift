import Glibc
import LinuxKit

/// One netlink socket; its network namespace is that of the thread that opened it.
///
/// The kernel works on a request while `send(2)` runs, so that a request and its acknowledgement take one thread a few microseconds.
public struct NetlinkSocket: ~Copyable, Sendable {
  private let socket: Descriptor
  private var sequence: UInt32 = 1
  private var buffer = [UInt8](repeating: 0, count: 65536)

  /// Protocol numbers of `netlink(7)`.
  public enum Family: Int32, Sendable { case route = 0, netfilter = 12 }

  public init(_ family: Family) throws(NetlinkError) { socket = try NetlinkSocket.open(family) }

  private static func open(_ family: Family) throws(NetlinkError) -> Descriptor {
    do {
      let number = try kernel("socket(2) AF_NETLINK") { Glibc.socket(AF_NETLINK, rawAndCloseOnExec, family.rawValue) }
      let socket = Descriptor(owning: number)
      // The wait for an answer has an end, should the kernel ever owe one.
      var patience = timeval(tv_sec: 10, tv_usec: 0)
      try kernel("setsockopt(2) SO_RCVTIMEO") {
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      }
      // Without these the socket works as well, with less room and fewer words.
      var room: Int32 = 4 << 20
      _ = setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &room, 4)
      // A batch is sent with one call, however many ports are published with it.
      var batch: Int32 = 32 << 20
      _ = setsockopt(number, SOL_SOCKET, SO_SNDBUFFORCE, &batch, 4)
      for option in [Option.extendedAck, Option.shortAck] {
        var on: Int32 = 1
        _ = setsockopt(number, Option.level, option, &on, 4)
      }
      return socket
    } catch { throw NetlinkError(error) }
  }

  /// The number by which the kernel knows this socket.
  public var port: UInt32 {
    var name = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let number = socket.number
    let result = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
    }
    // `struct sockaddr_nl` has it behind its family and two bytes of nothing.
    return result == 0 ? withUnsafeBytes(of: name) { $0.load(fromByteOffset: 4, as: UInt32.self) } : 0
  }

  /// A writer whose sequence numbers follow the last ones.
  public func writer() -> MessageWriter { MessageWriter(sequence: sequence) }

  /// Sends the messages in one call and waits for the acknowledgement of each, which must have been asked for (`NLM_F_ACK`).
  ///
  /// - Parameter operations: a message's words for errors, in order.
  /// - Throws: the first message's error; the messages after it may have been carried out, which is the protocol's business.
  public mutating func transact(_ messages: MessageWriter, operations: [String]) throws(NetlinkError) {
    try transact(messages, acknowledged: 0..<messages.count) { operations.indices.contains($0) ? operations[$0] : "netlink" }
  }

  /// As above, of a batch in which only the messages numbered `acknowledged` ask for an acknowledgement.
  mutating func transact(_ messages: MessageWriter, acknowledged: Range<Int>, operation: (Int) -> String) throws(NetlinkError) {
    guard messages.count > 0 else { return }
    let first = sequence
    sequence &+= UInt32(messages.count)
    try send(messages, operation: operation(0))
    var failure: NetlinkError?
    var missing = acknowledged.count
    while missing > 0 {
      let received = try receive(operation(acknowledged.lowerBound))
      for message in MessageReader(received) where message.type == MessageType.error {
        let number = Int(message.sequence &- first)
        guard number >= 0, number < messages.count, let code = message.payload.integer(at: 0, as: Int32.self) else { continue }
        if code != 0, failure == nil {
          failure = NetlinkError(operation(number), errno: -code, detail: extendedText(message))
        }
        if acknowledged.contains(number) { missing -= 1 } else { missing = 0 }
      }
    }
    if let failure { throw failure }
  }

  /// Sends a dump request (one message) and hands over every message of the answer.
  public mutating func dump(
    _ request: MessageWriter, operation: String, _ each: (ReceivedMessage) -> Void
  ) throws(NetlinkError) {
    let number = sequence
    sequence &+= 1
    try send(request, operation: operation)
    while true {
      for message in MessageReader(try receive(operation)) where message.sequence == number {
        switch message.type {
        case MessageType.done: return
        case MessageType.error:
          let code = message.payload.integer(at: 0, as: Int32.self) ?? 0
          if code == 0 { return }
          throw NetlinkError(operation, errno: -code, detail: extendedText(message))
        default: each(message)
        }
      }
    }
  }

  private borrowing func send(_ messages: MessageWriter, operation: String) throws(NetlinkError) {
    let number = socket.number
    let bytes = messages.bytes
    do {
      try kernel("send(2)") { bytes.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, 0) } }
    } catch { throw NetlinkError(operation, errno: error.errno) }
  }

  private mutating func receive(_ operation: String) throws(NetlinkError) -> ArraySlice<UInt8> {
    let number = socket.number
    do {
      let count = try kernel("recv(2)") { buffer.withUnsafeMutableBytes { recv(number, $0.baseAddress, $0.count, 0) } }
      return buffer[0..<count]
    } catch { throw NetlinkError(operation, errno: error.errno, detail: "no answer from the kernel") }
  }

  /// The sentence in an error message's attributes, which follow the (capped) copy of the request's header.
  private func extendedText(_ message: ReceivedMessage) -> String? {
    guard message.flags & HeaderFlags.errorAttributes != 0 else { return nil }
    var skip = 4 + 16
    if message.flags & HeaderFlags.capped == 0, let length = message.payload.integer(at: 4, as: UInt32.self) {
      skip = 4 + (Int(length) + 3) & ~3
    }
    return AttributeReader(message.payload.dropFirst(skip)).first { $0.type == 1 }?.value.text
  }
}

private let rawAndCloseOnExec: Int32 = 3 | 0o2000000

private enum Option {
  static let level: Int32 = 270
  static let shortAck: Int32 = 10
  static let extendedAck: Int32 = 11
}
