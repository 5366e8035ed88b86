import Netlink
import StackModel

/// Which names lead to which containers, and who may ask for them. Pure.
struct NameTable: Sendable {
  private var names: [ContainerID: EndpointNames] = [:]
  /// Lower-case names on a network, and who has them.
  private var holders: [NetworkName: [String: [ContainerID]]] = [:]
  private var askers: [Asker: ContainerID] = [:]
  private var internals: Set<NetworkName> = []

  /// Where a question comes from.
  struct Asker: Hashable, Sendable {
    var network: NetworkName
    var address: IPv4Address
  }

  mutating func setNetwork(_ name: NetworkName, isInternal: Bool) {
    if isInternal { internals.insert(name) } else { internals.remove(name) }
  }

  mutating func removeNetwork(_ name: NetworkName) {
    internals.remove(name)
    holders[name] = nil
  }

  mutating func set(_ new: EndpointNames) {
    remove(new.container)
    names[new.container] = new
    for endpoint in new.endpoints {
      for name in Set(self.allNames(of: new, on: endpoint.network)) {
        holders[endpoint.network, default: [:]][name, default: []].append(new.container)
      }
      if let address = IPv4Address(endpoint.address) { askers[Asker(network: endpoint.network, address: address)] = new.container }
    }
  }

  mutating func remove(_ container: ContainerID) {
    guard let old = names.removeValue(forKey: container) else { return }
    for endpoint in old.endpoints {
      for name in allNames(of: old, on: endpoint.network) {
        holders[endpoint.network]?[name]?.removeAll { $0 == container }
        if holders[endpoint.network]?[name]?.isEmpty == true { holders[endpoint.network]?[name] = nil }
      }
      if let address = IPv4Address(endpoint.address) { askers[Asker(network: endpoint.network, address: address)] = nil }
    }
  }

  /// The container's own name, for people.
  func name(of container: ContainerID) -> String? { names[container]?.name }

  /// The addresses that `name` (lower case, without final dot) means to the asker; nil when no container has that name there.
  func addresses(of name: String, for asker: Asker) -> [IPv4Address]? {
    let own = askers[asker].flatMap { names[$0] }
    let networks = own?.endpoints.map(\.network) ?? [asker.network]
    let meant = own?.links.first { $0.key.lowercased() == name }?.value.lowercased() ?? name
    for network in networks {
      guard let found = holders[network]?[meant] else { continue }
      let ready = found.filter { names[$0]?.isReady == true }
      return (ready.isEmpty ? found : ready).compactMap { address(of: $0, on: network) }
    }
    return nil
  }

  /// `shop-web-1.shop_default` for an address on one of the asker's networks.
  func name(at address: IPv4Address, for asker: Asker) -> String? {
    let own = askers[asker].flatMap { names[$0] }
    for network in own?.endpoints.map(\.network) ?? [asker.network] {
      if let container = askers[Asker(network: network, address: address)], let name = names[container]?.name {
        return name + "." + network.rawValue
      }
    }
    return nil
  }

  /// The resolvers to ask for names that no container has: [] for the host's; nil when the asker is only on internal networks.
  func resolvers(for asker: Asker) -> [String]? {
    let own = askers[asker].flatMap { names[$0] }
    let networks = own?.endpoints.map(\.network) ?? [asker.network]
    return networks.allSatisfy { internals.contains($0) } ? nil : own?.resolvers ?? []
  }

  private func address(of container: ContainerID, on network: NetworkName) -> IPv4Address? {
    (names[container]?.endpoints.first { $0.network == network }?.address).flatMap { IPv4Address($0) }
  }

  /// Each name alone and with the network's name behind it, as Docker answers them.
  private func allNames(of container: EndpointNames, on network: NetworkName) -> [String] {
    var list = [container.name, container.container.short] + (container.aliases[network] ?? [])
    if let service = container.service { list.append(service.rawValue) }
    return list.map { $0.lowercased() }.flatMap { [$0, $0 + "." + network.rawValue.lowercased()] }
  }
}
