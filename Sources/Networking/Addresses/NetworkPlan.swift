import Netlink
import StackModel

/// The addresses of a network that is to be made, of each family that it has. Pure.
struct NetworkPlan: Equatable {
  /// The first subnet of each family.
  var ipv4: FamilyPlan<IPv4Address>?
  var ipv6: FamilyPlan<IPv6Address>?
  /// Those beside it, which only networks of others have.
  var further4: [FamilyPlan<IPv4Address>] = []
  var further6: [FamilyPlan<IPv6Address>] = []

  var all4: [FamilyPlan<IPv4Address>] { (ipv4.map { [$0] } ?? []) + further4 }
  var all6: [FamilyPlan<IPv6Address>] { (ipv6.map { [$0] } ?? []) + further6 }

  init(
    _ network: Network, pools: [SubnetPool] = [], pools6: [SubnetPool6] = [], taken: TakenSubnets = TakenSubnets()
  ) throws(NetworkingError) {
    if network.hasNoIPv4 != true {
      let all = try Self.plans([network.pool] + network.furtherSubnets(ofIPv6: false), of: network, pools, taken.ipv4)
      (ipv4, further4) = (all.first, Array(all.dropFirst()))
    }
    if let asked = network.ipv6 {
      let all = try Self.plans([asked] + network.furtherSubnets(ofIPv6: true), of: network, pools6, taken.ipv6)
      (ipv6, further6) = (all.first, Array(all.dropFirst()))
    }
    guard ipv4 != nil || ipv6 != nil else {
      throw .invalid("network \(network.name) has neither IPv4 nor IPv6; give it enable_ipv6: true")
    }
  }

  /// The subnets of one family, which are not in each other. Those of others' networks may be the host's own too: it is on them.
  private static func plans<Address: InternetAddress>(
    _ asked: [IPAMConfig], of network: Network, _ pools: [AddressRange<Address>], _ taken: [(subnet: Subnet<Address>, by: String)]
  ) throws(NetworkingError) -> [FamilyPlan<Address>] {
    var plans: [FamilyPlan<Address>] = []
    for pool in asked {
      let own = plans.map { ($0.subnet, "its own \($0.subnet)") }
      plans.append(
        try FamilyPlan(
          network.name, pool, keepsGateway: network.keepsGateways, pools: pools,
          taken: own + (network.isOuter && pool.subnet != nil ? [] : taken)))
    }
    return plans
  }

  /// The bridge's addresses.
  var own: [CIDR] { [ipv4?.own, ipv6?.own].compactMap { $0 } }

  /// Where the network's names are answered.
  var resolver: IPAddress { ipv4?.gateway?.ipAddress ?? ipv6?.gateway?.ipAddress ?? .v4(IPv4Address(0)) }

  /// The network as it was asked for, with subnets and gateways filled in.
  func filling(_ network: Network) -> Network {
    var full = network
    full.subnet = ipv4?.subnet.description
    full.gateway = ipv4?.gateway?.description
    if let asked = network.ipv6 { full.ipv6 = ipv6?.filling(asked) }
    let further =
      zip(further4, network.furtherSubnets(ofIPv6: false)).map { $0.filling($1) }
      + zip(further6, network.furtherSubnets(ofIPv6: true)).map { $0.filling($1) }
    full.furtherSubnets = further.isEmpty ? nil : further
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
