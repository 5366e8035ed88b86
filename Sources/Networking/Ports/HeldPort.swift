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
    // With SO_REUSEADDR, connections in TIME_WAIT of a server that has gone do not count. It is taken back after the binding, because two
    // sockets that both have it may share a port as long as neither listens.
    if transport == .tcp { try HeldPort.setReuse(number, 1) }
    self.port = try descriptor.bind(address: address?.value ?? 0, port: port)
    if transport == .tcp { try HeldPort.setReuse(number, 0) }
    socket = descriptor
  }

  private static func setReuse(_ number: Int32, _ value: Int32) throws(KernelError) {
    var value = value
    try kernel("setsockopt(2) SO_REUSEADDR") { setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &value, 4) }
  }
}
