import Glibc
import Netlink

/// Sockets of the calling thread's network namespace, with an end to every wait.
struct TestSocket: ~Copyable, Sendable {
  let number: Int32
  deinit { close(number) }

  enum Kind: Int32, Sendable { case stream = 1, datagram = 2 }

  /// - Parameters:
  ///   - patience: in seconds; 0 is a tenth of one.
  ///   - address: one of the family that the socket shall be of.
  init(_ kind: Kind, patience: Int = 2, of address: String = "") {
    number = socket(address.contains(":") ? AF_INET6 : AF_INET, kind.rawValue | 0o2000000, 0)
    var time = timeval(tv_sec: patience, tv_usec: patience == 0 ? 100_000 : 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(number, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  private init(number: Int32) { self.number = number }

  /// 0 or the error number.
  func bind(_ address: String, _ port: UInt16, reusing: Bool = false) -> Int32 {
    var on: Int32 = reusing ? 1 : 0
    setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    return withAddress(address, port) { Glibc.bind(number, $0, $1) == 0 ? 0 : errno }
  }

  /// 0 or the error number.
  func listen() -> Int32 { Glibc.listen(number, 16) == 0 ? 0 : errno }

  /// 0 or the error number; `EINPROGRESS` when the time was over.
  func connect(_ address: String, _ port: UInt16) -> Int32 {
    withAddress(address, port) { Glibc.connect(number, $0, $1) == 0 ? 0 : errno }
  }

  /// Takes the next connection; the address of its other end, nil when none came.
  func acceptedPeer() -> String? {
    var name = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let connection = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(number, $0, &length) }
    }
    guard connection >= 0 else { return nil }
    close(connection)
    return text(name)
  }

  /// How long the next wait is.
  func setPatience(_ seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: seconds == 0 ? 100_000 : 0)
    setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  func send(_ bytes: [UInt8]) { _ = Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  /// Room for some thousand datagrams.
  func widenReceiveBuffer() {
    var bytes: Int32 = 8 << 20
    setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, 4)
  }

  /// What comes next; nil when nothing did.
  func receive() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(number, &buffer, buffer.count, 0)
    return count < 0 ? nil : Array(buffer[..<count])
  }

  /// Receives one datagram and answers it with what `answer` makes of it.
  func answerOne(_ answer: ([UInt8]) -> [UInt8]) -> Bool { answerOne(with: { [answer($0)] }) }

  /// Receives one datagram and answers it with several.
  func answerOne(with answers: ([UInt8]) -> [[UInt8]]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65536)
    var name = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let count = recvfrom(number, &buffer, buffer.count, 0, $0, &length)
        guard count >= 0 else { return false }
        for bytes in answers(Array(buffer[..<count])) where sendto(number, bytes, bytes.count, 0, $0, length) != bytes.count {
          return false
        }
        return true
      }
    }
  }

  private func withAddress(_ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    guard let parsed = IPAddress(address) else { return EINVAL }
    var name = sockaddr_storage()
    name.ss_family = sa_family_t(parsed.family)
    withUnsafeMutableBytes(of: &name) { bytes in
      bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      UnsafeMutableRawBufferPointer(rebasing: bytes[(parsed.isIPv6 ? 8 : 4)...]).copyBytes(from: parsed.bytes)
    }
    let length = parsed.isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    return withUnsafePointer(to: &name) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) } }
  }

  private func text(_ name: sockaddr_storage) -> String {
    withUnsafeBytes(of: name) { bytes in
      let isIPv6 = name.ss_family == sa_family_t(AF_INET6)
      return IPAddress(bytes: isIPv6 ? bytes[8..<24] : bytes[4..<8])?.description ?? ""
    }
  }
}

/// A socket that outlives the closure that made it.
final class Listener: Sendable {
  let socket: TestSocket

  /// Listens, or for datagrams is just bound.
  init(_ kind: TestSocket.Kind = .stream, _ address: String = "0.0.0.0", port: UInt16) throws {
    let socket = TestSocket(kind, of: address)
    var only: Int32 = 1
    if address.contains(":") { setsockopt(socket.number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, 4) }
    let code = socket.bind(address, port, reusing: true)
    guard code == 0, kind == .datagram || socket.listen() == 0 else { throw CallFailure(call: "bind \(port)", errno: code) }
    self.socket = socket
  }
}

extension NetworkNamespace {
  /// Something that listens in the namespace.
  func listen(_ port: UInt16, _ kind: TestSocket.Kind = .stream, on address: String = "0.0.0.0") async throws -> Listener {
    try await run { try Listener(kind, address, port: port) }
  }

  /// Tries to connect from the namespace; 0 or the error number.
  func connect(_ address: String, _ port: UInt16, patience: Int = 2) async throws -> Int32 {
    try await run { TestSocket(.stream, patience: patience, of: address).connect(address, port) }
  }

  /// Sends a DNS question from the namespace, by UDP again when nothing comes, as resolvers do; nil when no answer came.
  func ask(_ server: String, _ query: [UInt8], _ kind: TestSocket.Kind = .datagram, attempts: Int = 5) async throws -> [UInt8]? {
    try await run {
      let socket = TestSocket(kind, patience: kind == .stream ? attempts * 2 : 2, of: server)
      guard socket.connect(server, 53) == 0 else { return nil }
      if kind == .datagram {
        for _ in 0..<attempts {
          socket.send(query)
          if let answer = socket.receive() { return answer }
        }
        return nil
      }
      socket.send([UInt8(query.count >> 8), UInt8(query.count & 0xFF)] + query)
      var bytes: [UInt8] = []
      while bytes.count < 2 || bytes.count < 2 + Int(bytes[0]) << 8 + Int(bytes[1]) {
        guard let more = socket.receive(), !more.isEmpty else { return nil }
        bytes += more
      }
      return Array(bytes.dropFirst(2))
    }
  }
}
