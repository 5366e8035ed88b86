import Netlink
import StackModel

/// The addresses of a network, of each family that it has. Pure.
struct NetworkPools: Equatable {
  private(set) var ipv4: FamilyPools<IPv4Address>?
  private(set) var ipv6: FamilyPools<IPv6Address>?

  init(_ network: NetworkName, _ plan: NetworkPlan) {
    ipv4 = FamilyPools(network, plan.all4)
    ipv6 = FamilyPools(network, plan.all6)
  }

  /// A container's addresses on the network.
  struct Place: Equatable {
    var ipv4: IPv4Address?
    var ipv6: IPv6Address?
  }

  var owners: Set<ContainerID> {
    var owners: Set<ContainerID> = []
    if let ipv4 { owners.formUnion(ipv4.owners.values) }
    if let ipv6 { owners.formUnion(ipv6.owners.values) }
    return owners
  }

  func isOwned(_ address: IPAddress, by container: ContainerID) -> Bool {
    switch address {
    case .v4(let address): ipv4?.owners[address] == container
    case .v6(let address): ipv6?.owners[address] == container
    }
  }

  /// Gives a container an address of each family; what is asked for of a family that the network does not have is an error.
  mutating func reserve(
    _ container: ContainerID, name: String? = nil, network: NetworkName, requested: Place = Place()
  ) throws(NetworkingError) -> Place {
    if let address = requested.ipv4, ipv4 == nil {
      throw .invalid("network \(network) has no IPv4, and \(address) is an address of it; remove ipv4_address")
    }
    if let address = requested.ipv6, ipv6 == nil {
      throw .invalid("network \(network) has no IPv6, and \(address) is an address of it; give the network enable_ipv6: true")
    }
    return Place(
      ipv4: try ipv4?.reserve(container, name: name, requested: requested.ipv4),
      ipv6: try ipv6?.reserve(container, name: name, requested: requested.ipv6))
  }

  mutating func passOn(from old: ContainerID, to new: ContainerID, name: String) {
    ipv4?.passOn(from: old, to: new, name: name)
    ipv6?.passOn(from: old, to: new, name: name)
  }

  mutating func release(_ container: ContainerID) {
    ipv4?.release(container)
    ipv6?.release(container)
  }
}
