import Netlink
import StackModel

/// Where a container's published ports lead: its address of each family.
struct PublishingTargets: Equatable {
  var ipv4: IPv4Address?
  var ipv6: IPv6Address?

  var families: AddressFamilies { AddressFamilies(ipv4: ipv4 != nil, ipv6: ipv6 != nil) }

  func target(for address: IPAddress) -> IPAddress? { address.isIPv6 ? ipv6?.ipAddress : ipv4?.ipAddress }
}

/// The families that a container's networks speak.
public struct AddressFamilies: Sendable, Equatable {
  public var ipv4: Bool
  public var ipv6: Bool
  public init(ipv4: Bool = true, ipv6: Bool = false) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }
}

extension PortMapping {
  /// The addresses of the host that the port is held on.
  func places(_ families: AddressFamilies) throws(NetworkingError) -> [IPAddress] {
    guard let text = hostAddress, !text.isEmpty else {
      return (families.ipv4 ? [.v4(IPv4Address(0))] : []) + (families.ipv6 ? [.v6(IPv6Address(0))] : [])
    }
    guard let address = IPAddress(text) else { throw .invalid("ports: \(text) is not an IP address") }
    if address == .v6(IPv6Address(1)) {
      throw .invalid("ports: the kernel leads nothing from ::1 to a container; publish on 127.0.0.1, or on [::]")
    }
    if address.isIPv6, !families.ipv6 {
      throw .invalid(
        "ports: \(text) is an IPv6 address, and the container has none; give its network enable_ipv6: true")
    }
    if !address.isIPv6, !families.ipv4 { throw .invalid("ports: \(text) is an IPv4 address, and the container has none") }
    return [address]
  }

  /// Both cannot be held at once: the same port of the same address, or of every address.
  func collides(with other: PortMapping) -> Bool {
    guard published == other.published, transport == other.transport else { return false }
    guard let own = IPAddress(hostAddress ?? ""), let theirs = IPAddress(other.hostAddress ?? "") else { return true }
    return own == theirs || own.isIPv6 == theirs.isIPv6 && (own.isUnspecified || theirs.isUnspecified)
  }
}
