public import StackModel

/// A container's place on a network: everything that its interface needs.
public struct Endpoint: Sendable, Codable, Equatable {
  public var network: NetworkName
  /// The bridge's interface name on the host; empty on a network of others (`macvlan`, `ipvlan`).
  public var bridge: String
  /// The container's IPv4 address: `172.18.0.2`; empty on a network without IPv4.
  public var address: String
  /// The subnet's prefix length: 20.
  public var prefix: Int
  /// The container's hardware address: `02:42:ac:12:00:02`; empty on an ipvlan network, where it is the parent's.
  public var mac: String
  /// The bridge's address, where the network's names are answered, also on an internal network; empty without IPv4, and where nobody is a gateway.
  public var gateway: String
  /// The default route goes to this endpoint's `gateway`, or without one out by its interface; true of at most one of a container's endpoints.
  public var isDefaultRoute: Bool
  /// The interface's name in the container: `eth0`.
  public var interface: String
  /// nil: 1500.
  public var mtu: UInt32?
  /// Its place among the network's IPv6 addresses; nil: the network has none.
  public var ipv6: IPv6Place?
  /// Further addresses of the interface, as a rule of 169.254.0.0/16 and fe80::/10; nil: none.
  public var linkLocalAddresses: [String]?
  /// Kernel parameters by name, with the interface's name in them; nil: none.
  public var sysctls: [String: String]?
  public init(
    network: NetworkName, bridge: String, address: String, prefix: Int, mac: String, gateway: String, isDefaultRoute: Bool,
    interface: String
  ) {
    self.network = network
    self.bridge = bridge
    self.address = address
    self.prefix = prefix
    self.mac = mac
    self.gateway = gateway
    self.isDefaultRoute = isDefaultRoute
    self.interface = interface
  }

  /// The name that the interface has on its way into the container, until it is named there: nothing in there has it, and nothing on the host.
  public var origin: String { "mc-" + hexDigits(network.rawValue + "/" + anyAddress, 12) }

  /// The address of IPv4, or that of IPv6 when there is no other.
  public var anyAddress: String { address.isEmpty ? ipv6?.address ?? "" : address }

  /// The addresses of both families.
  public var addresses: [String] { (address.isEmpty ? [] : [address]) + (ipv6.map { [$0.address] } ?? []) }

  /// All addresses of the interface, with their prefixes: `172.18.0.2/20`.
  public var cidrs: [String] {
    (address.isEmpty ? [] : [address + "/" + String(prefix)]) + (ipv6.map { [$0.address + "/" + String($0.prefix)] } ?? [])
      + (linkLocalAddresses ?? []).map { $0 + Self.linkPrefix(of: $0) }
  }

  private static func linkPrefix(of address: String) -> String {
    if address.contains(":") { return address.lowercased().hasPrefix("fe8") ? "/64" : "/128" }
    return address.hasPrefix("169.254.") ? "/16" : "/32"
  }
}

/// A container's place among a network's IPv6 addresses.
public struct IPv6Place: Sendable, Codable, Equatable {
  /// `fd12:3456:789a::2`.
  public var address: String
  /// The subnet's prefix length: 64.
  public var prefix: Int
  /// The bridge's address; empty where nobody is a gateway.
  public var gateway: String
  /// The default route of IPv6 goes there, or without one out by the interface; true of at most one of a container's endpoints.
  public var isDefaultRoute: Bool
  public init(address: String, prefix: Int, gateway: String, isDefaultRoute: Bool = false) {
    self.address = address
    self.prefix = prefix
    self.gateway = gateway
    self.isDefaultRoute = isDefaultRoute
  }
}

extension [Endpoint] {
  /// Where everything of IPv4 without a route of its own goes; nil when the container is only on internal networks.
  public var defaultRoute: DefaultRoute? { first { $0.isDefaultRoute }.map { DefaultRoute(gateway: $0.gateway, interface: $0.interface) } }

  /// The same of IPv6.
  public var defaultRoute6: DefaultRoute? {
    first { $0.ipv6?.isDefaultRoute == true }.map { DefaultRoute(gateway: $0.ipv6?.gateway ?? "", interface: $0.interface) }
  }

  /// The gateway that the default route of IPv4 goes to; nil: there is none.
  public var defaultGateway: String? { defaultRoute?.gateway }

  /// The same of IPv6.
  public var defaultGateway6: String? { defaultRoute6?.gateway }

  /// The address for the container's resolv.conf.
  public var nameServer: String? {
    let bridges = filter { !$0.bridge.isEmpty }
    let chosen = bridges.first { $0.isDefaultRoute } ?? bridges.first { $0.ipv6?.isDefaultRoute == true } ?? bridges.first
    return chosen.map { $0.gateway.isEmpty ? $0.ipv6?.gateway ?? "" : $0.gateway }
  }
}
