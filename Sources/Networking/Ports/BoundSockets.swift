import Netlink
import StackModel

/// The ports that programs of this machine have, as /proc/net says: what can be known of a port without taking it. Sockets of TCP that are
/// bound and do not listen, as those that hold published ports, are not among them.
public struct BoundSockets: Sendable {
  private let addresses: [PortMapping.Transport: [UInt16: [IPAddress]]]

  /// Those of now.
  public init() {
    self.init { readText("/proc/net/" + $0) }
  }

  /// - Parameter table: The text of `tcp`, `tcp6`, `udp` or `udp6`.
  init(_ table: (String) -> String) {
    var addresses: [PortMapping.Transport: [UInt16: [IPAddress]]] = [:]
    for transport in [PortMapping.Transport.tcp, .udp] {
      for name in [transport.rawValue, transport.rawValue + "6"] {
        for socket in boundSockets(in: table(name), transport: transport) {
          addresses[transport, default: [:]][socket.port, default: []].append(socket.address)
        }
      }
    }
    self.addresses = addresses
  }

  /// Whether one of them has the port at an address of the host, or at all of its family. One of IPv6 that has IPv4's ports too, which the
  /// tables do not tell, is not counted for those.
  func have(_ port: UInt16, _ transport: PortMapping.Transport, at address: IPAddress) -> Bool {
    addresses[transport]?[port]?.contains { $0.overlaps(address) } ?? false
  }
}

extension IPAddress {
  /// Whether a port cannot be had at both, by two programs.
  func overlaps(_ other: IPAddress) -> Bool { self == other || isIPv6 == other.isIPv6 && (isUnspecified || other.isUnspecified) }
}

/// The sockets of a table, of TCP only the listening ones: those with 0A as state, bound UDP ones have 07 (`proc(5)`).
func boundSockets(in table: String, transport: PortMapping.Transport) -> [(address: IPAddress, port: UInt16, inode: String)] {
  table.split(separator: "\n").dropFirst().compactMap { line in
    let fields = line.split(separator: " ")
    guard fields.count > 9, fields[3] == (transport == .tcp ? "0A" : "07") else { return nil }
    let place = fields[1].split(separator: ":")
    guard place.count == 2, let port = UInt16(place[1], radix: 16), let address = address(place[0]) else { return nil }
    return (address, port, String(fields[9]))
  }
}

/// `0100007F`: the kernel writes words of 32 bits as the machine has them.
private func address(_ text: Substring) -> IPAddress? {
  var bytes: [UInt8] = []
  var rest = text
  while !rest.isEmpty {
    guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
    withUnsafeBytes(of: word) { bytes += $0 }
    rest = rest.dropFirst(8)
  }
  return IPAddress(bytes: bytes)
}
