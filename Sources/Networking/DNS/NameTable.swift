import Netlink
import StackModel

/// Which names lead to which containers, and who may ask for them. Pure.
struct NameTable: Sendable {
  private var names: [ContainerID: EndpointNames] = [:]
  private var places: [ContainerID: [NetworkName: [IPAddress]]] = [:]
  /// Lower-case names on a network, and who has them.
  private var holders: [NetworkName: [String: [ContainerID]]] = [:]
  private var askers: [Asker: ContainerID] = [:]
  private var internals: Set<NetworkName> = []

  /// Where a question comes from.
  struct Asker: Hashable, Sendable {
    var network: NetworkName
    var address: IPAddress
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
    let found = new.endpoints.map { ($0.network, $0.addresses.compactMap { IPAddress($0) }) }
    places[new.container] = Dictionary(found) { first, _ in first }
    for endpoint in new.endpoints {
      for name in Set(self.allNames(of: new, on: endpoint.network)) {
        holders[endpoint.network, default: [:]][name, default: []].append(new.container)
      }
      for address in endpoint.addresses.compactMap({ IPAddress($0) }) {
        askers[Asker(network: endpoint.network, address: address)] = new.container
      }
    }
  }

  mutating func remove(_ container: ContainerID) {
    guard let old = names.removeValue(forKey: container) else { return }
    places[container] = nil
    for endpoint in old.endpoints {
      for name in allNames(of: old, on: endpoint.network) {
        holders[endpoint.network]?[name]?.removeAll { $0 == container }
        if holders[endpoint.network]?[name]?.isEmpty == true { holders[endpoint.network]?[name] = nil }
      }
      for address in endpoint.addresses.compactMap({ IPAddress($0) }) { askers[Asker(network: endpoint.network, address: address)] = nil }
    }
  }

  /// The container's own name, for people.
  func name(of container: ContainerID) -> String? { names[container]?.name }

  /// Whether it shall get connections; a container that has no names here shall.
  func isReady(_ container: ContainerID) -> Bool { names[container]?.isReady ?? true }

  /// The addresses of both families that `name` (lower case, without final dot) means to the asker; nil when no container has that name there.
  ///
  /// On a network that several stacks share, a name is first of all one of the asker's own stack; `name.stack` says whose is meant.
  func addresses(of name: String, for asker: Asker) -> [IPAddress]? {
    let own = askers[asker].flatMap { names[$0] }
    let networks = own?.endpoints.map(\.network) ?? [asker.network]
    let meant = own?.links.first { $0.key.lowercased() == name }?.value.lowercased() ?? name
    for network in networks {
      guard var found = holders[network]?[meant] else { continue }
      if let project = own?.project {
        let neighbours = found.filter { names[$0]?.project == project }
        if !neighbours.isEmpty { found = neighbours }
      }
      let ready = found.filter { names[$0]?.isReady == true }
      return (ready.isEmpty ? found : ready).flatMap { addresses(of: $0, on: network) }
    }
    return nil
  }

  /// `shop-web-1.shop_default` for an address on one of the asker's networks.
  func name(at address: IPAddress, for asker: Asker) -> String? {
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

  private func addresses(of container: ContainerID, on network: NetworkName) -> [IPAddress] {
    places[container]?[network] ?? []
  }

  /// Each name alone and with the network's name behind it, as Docker answers them; a service's also with its stack's.
  private func allNames(of container: EndpointNames, on network: NetworkName) -> [String] {
    let aliases = (container.aliases[network] ?? []) + (container.service.map { [$0.rawValue] } ?? [])
    let list = [container.name, container.container.short] + aliases
    let ofStack = container.project.map { project in aliases.map { $0 + "." + project.rawValue } } ?? []
    return (list.flatMap { [$0, $0 + "." + network.rawValue] } + ofStack).map { $0.lowercased() }
  }
}
