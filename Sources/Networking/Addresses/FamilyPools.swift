import Netlink
import StackModel

/// The addresses of one family of a network, which has one subnet of it, or several. A container has an address in one of them. Pure.
struct FamilyPools<Address: InternetAddress>: Equatable {
  /// At least one.
  private(set) var subnets: [AddressPool<Address>]

  /// nil: the network does not speak this family.
  init?(_ network: NetworkName, _ plans: [FamilyPlan<Address>]) {
    if plans.isEmpty { return nil }
    subnets = plans.map { AddressPool(network, $0) }
  }

  /// Who has an address.
  var owners: [Address: ContainerID] { subnets.reduce(into: [:]) { $0.merge($1.owners) { first, _ in first } } }

  /// The subnet that an address is in.
  func subnet(of address: Address) -> AddressPool<Address>? { subnets.first { $0.subnet.contains(address) } }

  /// Gives a container its address: the same one when it has one, the one asked for, the last one of its name, or one of the first subnet with room.
  mutating func reserve(_ container: ContainerID, name: String? = nil, requested: Address? = nil) throws(NetworkingError) -> Address {
    let present = subnets.firstIndex { $0.address(of: container) != nil }
    var places = [present, subnets.firstIndex { $0.lastPlace(name ?? container.rawValue) != nil }].compactMap { $0 }
    if let requested { places = subnets.firstIndex { $0.subnet.contains(requested) }.map { [$0] } ?? [] }
    // Of an address that is in none of them the first one says what is wrong.
    guard let place = places.first ?? (requested != nil || subnets.count == 1 ? 0 : nil) else {
      return try reserveAnywhere(container, name)
    }
    let address = try subnets[place].reserve(container, name: name, requested: requested)
    if let present, present != place { subnets[present].forget(container) }
    return address
  }

  private mutating func reserveAnywhere(_ container: ContainerID, _ name: String?) throws(NetworkingError) -> Address {
    var full: [String] = []
    for index in subnets.indices {
      do { return try subnets[index].reserve(container, name: name) } catch {
        guard case .noFreeAddress(_, let subnet) = error else { throw error }
        full.append(subnet)
      }
    }
    throw .noFreeAddress(subnets[0].network, subnet: full.joined(separator: ", "))
  }

  mutating func passOn(from old: ContainerID, to new: ContainerID, name: String) {
    guard old != new, let index = subnets.firstIndex(where: { $0.address(of: old) != nil }) else { return }
    for other in subnets.indices where other != index { subnets[other].release(new) }
    subnets[index].passOn(from: old, to: new, name: name)
  }

  mutating func release(_ container: ContainerID) {
    for index in subnets.indices { subnets[index].release(container) }
  }
}
