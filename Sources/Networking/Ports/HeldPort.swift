import Glibc
import LinuxKit
import Netlink
import StackModel

/// A socket bound to a published port, so that no other program takes the port while nftables redirects it. It listens only where the kernel
/// leads nothing to the container, and the engine relays.
final class HeldPort: Sendable {
  private let socket: Descriptor
  /// `0.0.0.0` and `::` stand for every address of their family.
  let address: IPAddress
  /// The port, also where the kernel chose it.
  let port: UInt16
  /// nil: the kernel does everything.
  let relay: Relay?
  private let token: UInt64?

  /// - Parameters:
  ///   - port: 0 for a free one of the kernel's choice out of `net.ipv4.ip_local_port_range` (32768 and up).
  ///   - relay: hands on what comes; nil: nothing comes.
  /// - Throws: `EADDRINUSE` when another socket has it, `EADDRNOTAVAIL` when the host does not have the address.
  init(address: IPAddress, port: UInt16, transport: PortMapping.Transport, relay: Relay? = nil) throws(KernelError) {
    let kind: Int32 = transport == .tcp ? 1 : 2
    let number = try kernel("socket(2)") { Glibc.socket(Int32(address.family), kind | 0o2000000, 0) }
    let descriptor = Descriptor(owning: number)
    // The other family has a socket of its own.
    if address.isIPv6 { try HeldPort.set(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    do throws(KernelError) {
      self.port = try HeldPort.bind(number, address, port)
    } catch  where error.errno == EADDRINUSE && transport == .tcp && port != 0 {
      // With SO_REUSEADDR, connections in TIME_WAIT of a server that has gone do not count. But neither do, on some kernels (6.1), sockets
      // that had it when they were bound: only the right to listen, which is given up at once, says that nobody else has the port.
      try HeldPort.set(number, SOL_SOCKET, SO_REUSEADDR, 1)
      self.port = try HeldPort.bind(number, address, port)
      try kernel("listen(2)") { listen(number, 0) }
      try kernel("shutdown(2)") { shutdown(number, Int32(SHUT_RDWR)) }
      // Two sockets that both have it may share a port as long as neither listens.
      try HeldPort.set(number, SOL_SOCKET, SO_REUSEADDR, 0)
    }
    self.address = address
    guard let relay else {
      (self.relay, token) = (nil, nil)
      socket = descriptor
      return
    }
    // Its connections may outlive it, and are not in the way of the next.
    try HeldPort.set(number, SOL_SOCKET, SO_REUSEADDR, 1)
    try kernel("fcntl(2)") { fcntl(number, F_SETFL, O_NONBLOCK) }
    try kernel("listen(2)") { listen(number, 4096) }
    self.relay = relay
    guard let thread = RelayThread.shared else { throw KernelError("epoll_create1(2)", errno: EMFILE) }
    token = try thread.add(number, relay)
    socket = descriptor
  }

  deinit { if let token { RelayThread.shared?.remove(token) } }

  private static func set(_ number: Int32, _ level: Int32, _ option: Int32, _ value: Int32) throws(KernelError) {
    var value = value
    try kernel("setsockopt(2)") { setsockopt(number, level, option, &value, 4) }
  }

  /// Binds and returns the port.
  private static func bind(_ number: Int32, _ address: IPAddress, _ port: UInt16) throws(KernelError) -> UInt16 {
    var name = sockaddr_storage()
    name.ss_family = sa_family_t(address.family)
    // The port follows the family in both, the address is at 4 (sockaddr_in) or at 8 (sockaddr_in6), in network order.
    withUnsafeMutableBytes(of: &name) { bytes in
      bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      UnsafeMutableRawBufferPointer(rebasing: bytes[(address.isIPv6 ? 8 : 4)...]).copyBytes(from: address.bytes)
    }
    var length = socklen_t(address.isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
    let size = length
    try kernel("bind(2)") { HeldPort.withName(&name) { Glibc.bind(number, $0, size) } }
    try kernel("getsockname(2)") { HeldPort.withName(&name) { getsockname(number, $0, &length) } }
    return withUnsafeBytes(of: name) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
  }

  private static func withName(_ name: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32) -> Int32 {
    withUnsafeMutablePointer(to: &name) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
  }
}
