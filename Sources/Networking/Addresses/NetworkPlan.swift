import Netlink
import StackModel

/// The subnet, gateway and range of a network that is to be made. Pure.
struct NetworkPlan: Equatable {
  var subnet: IPv4Subnet
  var gateway: IPv4Address
  var range: IPv4Subnet

  /// - Parameters:
  ///   - taken: subnets in use, and by whom.
  init(_ network: Network, pools: [SubnetPool], taken: [(subnet: IPv4Subnet, by: String)]) throws(NetworkingError) {
    let name = network.name
    if let text = network.subnet {
      guard let wanted = IPv4Subnet(text), wanted.prefix <= 30 else {
        throw .invalid("network \(name): \(text) is not an IPv4 subnet with room for containers, such as 172.28.0.0/16")
      }
      if let obstacle = taken.first(where: { $0.subnet.overlaps(wanted) }) {
        throw .subnetTaken(network: name, subnet: wanted.description, by: obstacle.by)
      }
      subnet = wanted
    } else {
      guard let chosen = SubnetPool.choose(from: pools, avoiding: taken.map(\.subnet)) else { throw .noFreeSubnet(name) }
      subnet = chosen
    }
    range = subnet
    if let text = network.range {
      guard let wanted = IPv4Subnet(text), subnet.contains(wanted) else {
        throw .invalid("network \(name): ip_range \(text) is not a part of the subnet \(subnet)")
      }
      range = wanted
    }
    gateway = IPv4Address(subnet.base.value + 1)
    if let text = network.gateway {
      guard let wanted = IPv4Address(text), subnet.contains(wanted), wanted != subnet.base, wanted != subnet.last else {
        throw .invalid("network \(name): the gateway \(text) is not an address of the subnet \(subnet)")
      }
      gateway = wanted
    }
  }

  /// Of a network that was made before, whose subnet and gateway are known.
  init(restoring network: Network) throws(NetworkingError) { try self.init(network, pools: [], taken: []) }
}
