import Netlink
import StackModel

/// The addresses of a network that is to be made, of each family that it has. Pure.
struct NetworkPlan: Equatable {
  var ipv4: FamilyPlan<IPv4Address>?
  var ipv6: FamilyPlan<IPv6Address>?

  init(
    _ network: Network, pools: [SubnetPool] = [], pools6: [SubnetPool6] = [], taken: TakenSubnets = TakenSubnets()
  ) throws(NetworkingError) {
    if network.hasNoIPv4 != true { ipv4 = try FamilyPlan(network.name, network.pool, pools: pools, taken: taken.ipv4) }
    if let asked = network.ipv6 { ipv6 = try FamilyPlan(network.name, asked, pools: pools6, taken: taken.ipv6) }
    guard ipv4 != nil || ipv6 != nil else {
      throw .invalid("network \(network.name) has neither IPv4 nor IPv6; give it enable_ipv6: true")
    }
  }

  /// The bridge's addresses.
  var own: [CIDR] { [ipv4?.own, ipv6?.own].compactMap { $0 } }

  /// Where the network's names are answered.
  var resolver: IPAddress { ipv4?.gateway.ipAddress ?? ipv6?.gateway.ipAddress ?? .v4(IPv4Address(0)) }

  /// The network as it was asked for, with subnets and gateways filled in.
  func filling(_ network: Network) -> Network {
    var full = network
    full.subnet = ipv4?.subnet.description
    full.gateway = ipv4?.gateway.description
    full.ipv6?.subnet = ipv6?.subnet.description
    full.ipv6?.gateway = ipv6?.gateway.description
    return full
  }

  func contains(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let address): ipv4?.subnet.contains(address) == true
    case .v6(let address): ipv6?.subnet.contains(address) == true
    }
  }

  /// The first subnet in use that this one overlaps.
  func obstacle(in taken: TakenSubnets) -> (subnet: String, by: String)? {
    if let ipv4, let other = taken.ipv4.first(where: { $0.subnet.overlaps(ipv4.subnet) }) { return (ipv4.subnet.description, other.by) }
    if let ipv6, let other = taken.ipv6.first(where: { $0.subnet.overlaps(ipv6.subnet) }) { return (ipv6.subnet.description, other.by) }
    return nil
  }
}

/// Subnets that are in use, and by whom.
struct TakenSubnets {
  var ipv4: [(subnet: IPv4Subnet, by: String)] = []
  var ipv6: [(subnet: IPv6Subnet, by: String)] = []

  mutating func add(_ address: IPAddress, prefix: Int, by user: String) {
    switch address {
    case .v4(let address): if let subnet = IPv4Subnet(address, prefix: prefix) { ipv4.append((subnet, user)) }
    case .v6(let address): if let subnet = IPv6Subnet(address, prefix: prefix) { ipv6.append((subnet, user)) }
    }
  }
}

extension Network {
  /// What is asked for of IPv4.
  var pool: IPAMConfig { IPAMConfig(subnet: subnet, range: range, gateway: gateway, reserved: reserved ?? [:]) }
}
