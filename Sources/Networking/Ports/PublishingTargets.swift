import Netlink
import StackModel

/// Where a container's published ports lead: its address of each family.
struct PublishingTargets: Equatable {
  var ipv4: IPv4Address?
  var ipv6: IPv6Address?

  var families: AddressFamilies { AddressFamilies(ipv4: ipv4 != nil, ipv6: ipv6 != nil) }

  /// Where the kernel leads what comes to an address of the host.
  func target(for address: IPAddress) -> IPAddress? { address.isIPv6 ? ipv6?.ipAddress : ipv4?.ipAddress }

  /// Where the engine leads what the kernel does not.
  var relayed: IPAddress? { ipv4?.ipAddress ?? ipv6?.ipAddress }
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
  /// An address of the host that a port is held on.
  struct Place: Equatable {
    var address: IPAddress
    /// The engine hands connections on: all those to IPv6 of a container without it, and those to `::1`, from where the kernel leads nothing.
    var isRelayed = false
    /// Nobody has asked for it by name: without IPv6 the host does without.
    var isOptional = false
  }

  /// The addresses of the host that the port is held on.
  func places(_ families: AddressFamilies) throws(NetworkingError) -> [Place] {
    guard let text = hostAddress, !text.isEmpty else {
      var places = families.ipv4 ? [Place(address: .v4(IPv4Address(0)))] : []
      if families.ipv6 || transport == .tcp {
        places.append(Place(address: .v6(IPv6Address(0)), isRelayed: transport == .tcp, isOptional: !families.ipv6))
      }
      return places
    }
    guard let address = IPAddress(text) else { throw .invalid("ports: \(text) is not an IP address") }
    if !address.isIPv6, !families.ipv4 { throw .invalid("ports: \(text) is an IPv4 address, and the container has none") }
    let isLoopback = address == .v6(IPv6Address(1))
    guard address.isIPv6, transport == .udp else {
      return [Place(address: address, isRelayed: address.isIPv6 && (!families.ipv6 || isLoopback || address.isUnspecified))]
    }
    if isLoopback { throw .invalid("ports: the kernel leads no datagrams from ::1 to a container; publish on 127.0.0.1, or on [::]") }
    if !families.ipv6 {
      throw .invalid("ports: \(text) is an IPv6 address, and the container has none for UDP; give its network enable_ipv6: true")
    }
    return [Place(address: address)]
  }

  /// Both cannot be held at once: the same port of the same address, or of every address.
  func collides(with other: PortMapping) -> Bool {
    guard published == other.published, transport == other.transport else { return false }
    guard let own = IPAddress(hostAddress ?? ""), let theirs = IPAddress(other.hostAddress ?? "") else { return true }
    return own.overlaps(theirs)
  }
}
