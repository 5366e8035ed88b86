import CLinux
import Glibc

/// A socket that sends to one place. None of it waits: what is not ready yet is told by `EAGAIN` and by readiness.
public enum OutgoingSocket {
  public enum Kind: Sendable { case stream, datagram }

  /// Connected to a path. `EPROTOTYPE`: a socket of the other kind is there; `EAGAIN`: too many wait for its owner already.
  public static func unix(_ path: String, _ kind: Kind) throws(KernelError) -> Descriptor {
    let socket = Descriptor(owning: try kernel("socket(2)") { clinux_unix_socket(kind.number) })
    try socket.setNonBlocking()
    let number = socket.number
    try UnixSocket.withAddress(path) { (address) throws(KernelError) in
      try kernel("connect(2)", [path]) { clinux_unix_connect(number, address) }
    }
    return socket
  }

  /// Towards an address of 4 or 16 bytes. A stream may still be connecting: it is ready to write when that has ended, and `problem` says how.
  public static func internet(_ address: [UInt8], port: UInt16, _ kind: Kind) throws(KernelError) -> Descriptor {
    guard address.count == 4 || address.count == 16 else { throw KernelError("connect(2)", errno: EAFNOSUPPORT) }
    let family = address.count == 4 ? AF_INET : AF_INET6
    let type = kind.number | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let socket = Descriptor(owning: try kernel("socket(2)") { Glibc.socket(family, type, 0) })
    let number = socket.number
    do throws(KernelError) {
      if address.count == 4 {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &place.sin_addr) { $0.copyBytes(from: address) }
        try connect(number, &place)
      } else {
        var place = sockaddr_in6()
        place.sin6_family = sa_family_t(AF_INET6)
        place.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &place.sin6_addr) { $0.copyBytes(from: address) }
        try connect(number, &place)
      }
    } catch  where error.errno == EINPROGRESS {
    }
    return socket
  }

  /// What went wrong with it since this was asked last (`SO_ERROR`); 0: nothing.
  public static func problem(of number: Int32) -> Int32 {
    var problem: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(number, SOL_SOCKET, SO_ERROR, &problem, &length) == 0 ? problem : errno
  }

  private static func connect<Address>(_ number: Int32, _ address: inout Address) throws(KernelError) {
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(number, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    if result < 0 { throw KernelError.last("connect(2)") }
  }
}

extension OutgoingSocket.Kind {
  fileprivate var number: Int32 { Int32(self == .stream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue) }
}
