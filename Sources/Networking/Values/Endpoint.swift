public import StackModel

/// A container's place on a network: everything that its interface needs.
public struct Endpoint: Sendable, Codable, Equatable {
  public var network: NetworkName
  /// The bridge's interface name on the host.
  public var bridge: String
  /// The container's address: `172.18.0.2`.
  public var address: String
  /// The subnet's prefix length: 20.
  public var prefix: Int
  /// The container's hardware address: `02:42:ac:12:00:02`.
  public var mac: String
  /// The bridge's address, where the network's names are answered, also on an internal network.
  public var gateway: String
  /// The default route goes to this endpoint's `gateway`; true of at most one of a container's endpoints.
  public var isDefaultRoute: Bool
  /// The interface's name in the container: `eth0`.
  public var interface: String
  /// nil: 1500.
  public var mtu: UInt32?
  /// Further addresses of the interface, as a rule of 169.254.0.0/16; nil: none.
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

  /// `172.18.0.2/20`.
  public var cidr: String { address + "/" + String(prefix) }

  /// All addresses of the interface.
  public var cidrs: [String] { [cidr] + (linkLocalAddresses ?? []).map { $0 + ($0.hasPrefix("169.254.") ? "/16" : "/32") } }
}

extension [Endpoint] {
  /// Where the container's default route goes; nil when it is only on internal networks.
  public var defaultGateway: String? { first { $0.isDefaultRoute }?.gateway }

  /// The address for the container's resolv.conf.
  public var nameServer: String? { (first { $0.isDefaultRoute } ?? first)?.gateway }
}
