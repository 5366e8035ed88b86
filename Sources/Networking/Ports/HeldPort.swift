import Glibc
import LinuxKit
import Netlink
import StackModel

/// A socket bound to a published port, never listening, so that no other program takes the port while nftables redirects it.
final class HeldPort: Sendable {
  private let socket: Descriptor
  /// The port, also where the kernel chose it.
  let port: UInt16

  /// - Parameters:
  ///   - address: nil for every address.
  ///   - port: 0 for a free one of the kernel's choice out of `net.ipv4.ip_local_port_range` (32768 and up).
  /// - Throws: `EADDRINUSE` when another socket has it, `EADDRNOTAVAIL` when the host does not have the address.
  init(address: IPv4Address?, port: UInt16, transport: PortMapping.Transport) throws(KernelError) {
    let kind: Int32 = transport == .tcp ? 1 : 2
    let number = try kernel("socket(2)") { Glibc.socket(AF_INET, kind | 0o2000000, 0) }
    let descriptor = Descriptor(owning: number)
    let value = address?.value ?? 0
    do throws(KernelError) {
      self.port = try descriptor.bind(address: value, port: port)
    } catch  where error.errno == EADDRINUSE && transport == .tcp && port != 0 {
      // With SO_REUSEADDR, connections in TIME_WAIT of a server that has gone do not count. But neither do, on some kernels (6.1), sockets
      // that had it when they were bound: only the right to listen, which is given up at once, says that nobody else has the port.
      try HeldPort.setReuse(number, 1)
      self.port = try descriptor.bind(address: value, port: port)
      try kernel("listen(2)") { listen(number, 0) }
      try kernel("shutdown(2)") { shutdown(number, Int32(SHUT_RDWR)) }
      // Two sockets that both have it may share a port as long as neither listens.
      try HeldPort.setReuse(number, 0)
    }
    socket = descriptor
  }

  private static func setReuse(_ number: Int32, _ value: Int32) throws(KernelError) {
    var value = value
    try kernel("setsockopt(2) SO_REUSEADDR") { setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &value, 4) }
  }
}
