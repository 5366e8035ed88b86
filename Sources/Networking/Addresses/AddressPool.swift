import Netlink
import StackModel

/// The addresses of one subnet of a network: which container has which. Pure.
struct AddressPool<Address: InternetAddress>: Equatable {
  let network: NetworkName
  let subnet: Subnet<Address>
  /// nil: nobody is one.
  let gateway: Address?
  /// Addresses nobody asked for by number are given out of this.
  let range: Subnet<Address>
  /// `aux_addresses`: what has them is no container.
  let reserved: [Address: String]
  private(set) var owners: [Address: ContainerID] = [:]
  /// Where a container was last, by the name that its successor has too, so that it comes back there.
  private var lastPlaces: [String: Address] = [:]
  /// Those of `lastPlaces` that are not here now, the first to leave first.
  private var absent: [String] = []
  private var names: [ContainerID: String] = [:]
  /// So many that have left are remembered.
  private static var memory: Int { 1024 }

  init(_ network: NetworkName, _ plan: FamilyPlan<Address>) {
    self.network = network
    subnet = plan.subnet
    gateway = plan.gateway
    range = plan.range
    reserved = plan.reserved
  }

  func address(of container: ContainerID) -> Address? { owners.first { $0.value == container }?.key }

  /// Gives a container its address: the same one when it has one, the one asked for, the last one of its name, or the lowest that is free, as
  /// long as there are such one that nobody has left.
  mutating func reserve(_ container: ContainerID, name: String? = nil, requested: Address? = nil) throws(NetworkingError) -> Address {
    let present = address(of: container)
    if let requested {
      if let holder = reserved[requested] {
        throw .invalid("network \(network): \(requested) is kept for \(holder) (aux_addresses)")
      }
      guard isUsable(requested) else {
        throw .invalid(
          "network \(network): \(requested) is not an address for containers of \(subnet)"
            + (gateway.map { " (the gateway is \($0))" } ?? ""))
      }
      if let owner = owners[requested], owner != container {
        throw .addressTaken(network: network, address: requested.description, by: owner)
      }
      if let present { owners[present] = nil }
      return take(requested, container, name)
    }
    if let present {
      names[container] = name ?? container.rawValue
      return present
    }
    if let last = lastPlace(name ?? container.rawValue) { return take(last, container, name) }
    let left = Set(lastPlaces.values)
    if let free = firstFree(besides: left) ?? firstFree(besides: []) { return take(free, container, name) }
    throw .noFreeAddress(network, subnet: range.description)
  }

  /// Where the last one of a name was, as long as nobody else is there.
  func lastPlace(_ name: String) -> Address? { lastPlaces[name].flatMap { owners[$0] == nil ? $0 : nil } }

  /// Takes a container's address, which it has in another subnet from now on.
  mutating func forget(_ container: ContainerID) {
    guard let address = address(of: container) else { return }
    owners[address] = nil
    names[container] = nil
  }

  private func firstFree(besides others: Set<Address>) -> Address? {
    var candidate = range.base
    while range.contains(candidate) {
      if owners[candidate] == nil, !others.contains(candidate), isUsable(candidate) { return candidate }
      guard candidate.value < .max else { break }
      candidate = Address(candidate.value + 1)
    }
    return nil
  }

  /// Gives one container's address to another, which has given up its own.
  mutating func passOn(from old: ContainerID, to new: ContainerID, name: String) {
    guard old != new, let address = address(of: old) else { return }
    release(new)
    owners[address] = new
    names[old] = nil
    names[new] = name
  }

  mutating func release(_ container: ContainerID) {
    guard let address = address(of: container) else { return }
    owners[address] = nil
    let name = names.removeValue(forKey: container) ?? container.rawValue
    lastPlaces[name] = address
    absent.append(name)
    if absent.count > Self.memory { lastPlaces[absent.removeFirst()] = nil }
  }

  private mutating func take(_ address: Address, _ container: ContainerID, _ name: String?) -> Address {
    owners[address] = container
    let name = name ?? container.rawValue
    names[container] = name
    absent.removeAll { $0 == name }
    lastPlaces[name] = nil
    return address
  }

  private func isUsable(_ address: Address) -> Bool {
    guard subnet.contains(address), address != gateway, reserved[address] == nil else { return false }
    return subnet.prefix >= Address.Value.bitWidth - 1 || (address != subnet.base && address != subnet.last)
  }
}
