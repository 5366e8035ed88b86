import Glibc

/// A TCP port that nobody listens on now, on any address of this machine.
///
/// Below those that the kernel gives to whoever asks for any (32768 and above): programs of other tests must not get it meanwhile.
public func freePort() throws -> UInt16 {
  for _ in 0..<200 {
    if let holder = try? PortHolder(port: .random(in: 20_000..<32_000)) { return holder.port }
  }
  throw SystemFailure("find a free port")
}

/// Listens on a TCP port of all IPv4 addresses, so that nobody else can, until it goes.
public final class PortHolder: Sendable {
  public let port: UInt16
  private let socket: Int32

  /// 0: the kernel chooses.
  public init(port: UInt16) throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw SystemFailure("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listens = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 1) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard listens else {
      let failure = SystemFailure("listen on port \(port)")
      close(socket)
      throw failure
    }
    self.socket = socket
    self.port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(socket) }
}
