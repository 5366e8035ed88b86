import Netlink
import StackModel

/// The addresses of one network: which container has which. Pure.
struct AddressPool: Equatable {
  let network: NetworkName
  let subnet: IPv4Subnet
  let gateway: IPv4Address
  /// Addresses nobody asked for by number are given out of this.
  let range: IPv4Subnet
  private(set) var owners: [IPv4Address: ContainerID] = [:]
  /// Where a container was last, so that it comes back there when that is still free.
  private var lastPlaces: [ContainerID: IPv4Address] = [:]

  init(_ network: NetworkName, subnet: IPv4Subnet, gateway: IPv4Address, range: IPv4Subnet) {
    self.network = network
    self.subnet = subnet
    self.gateway = gateway
    self.range = range
  }

  func address(of container: ContainerID) -> IPv4Address? { owners.first { $0.value == container }?.key }

  /// Gives a container its address: the same one when it has one, the one asked for, the last one, or the lowest that is free.
  mutating func reserve(_ container: ContainerID, requested: IPv4Address? = nil) throws(NetworkingError) -> IPv4Address {
    let present = address(of: container)
    if let requested {
      guard isUsable(requested) else {
        throw .invalid("network \(network): \(requested) is not an address for containers of \(subnet) (the gateway is \(gateway))")
      }
      if let owner = owners[requested], owner != container {
        throw .addressTaken(network: network, address: requested.description, by: owner)
      }
      if let present { owners[present] = nil }
      return take(requested, container)
    }
    if let present { return present }
    if let last = lastPlaces[container], owners[last] == nil { return take(last, container) }
    var candidate = range.base
    while range.contains(candidate) {
      if owners[candidate] == nil, isUsable(candidate) { return take(candidate, container) }
      guard candidate.value < .max else { break }
      candidate = IPv4Address(candidate.value + 1)
    }
    throw .noFreeAddress(network, subnet: range.description)
  }

  mutating func release(_ container: ContainerID) {
    guard let address = address(of: container) else { return }
    owners[address] = nil
    lastPlaces[container] = address
  }

  private mutating func take(_ address: IPv4Address, _ container: ContainerID) -> IPv4Address {
    owners[address] = container
    return address
  }

  private func isUsable(_ address: IPv4Address) -> Bool {
    guard subnet.contains(address), address != gateway else { return false }
    return subnet.prefix >= 31 || (address != subnet.base && address != subnet.last)
  }
}
