import Netlink
public import StackModel

/// What was found to be missing of networks, and is there again.
public struct NetworkRepair: Sendable, Equatable {
  /// Networks whose bridges had gone, were down or had lost their addresses.
  public var bridges: [NetworkName] = []
  /// Containers whose interfaces were there and not on the bridge.
  public var replugged: [ContainerID: [NetworkName]] = [:]
  /// Containers whose interfaces are gone, also with their parent: they have to be plugged in anew, by whoever may look into the container.
  public var unplugged: [ContainerID: [Endpoint]] = [:]
  /// The table of the packet filter had gone, or the interfaces that it works with.
  public var isFilterRestored = false

  public var isEmpty: Bool { self == NetworkRepair() }
}

extension Networking {
  /// Looks whether the kernel still has what it should have, and makes it again: a flushed table, a bridge deleted by hand, an interface taken off it.
  ///
  /// - Parameter containers: Those that run.
  /// - Returns: what had to be repaired, and what the caller has to.
  @discardableResult
  public func repair(containers: [RestoredContainer] = []) async throws -> NetworkRepair {
    var repair = NetworkRepair()
    guard !networks.isEmpty else { return repair }
    var links = try linksByName()
    let addresses = Dictionary(grouping: try route.addresses(), by: \.index)
    for (name, state) in networks.sorted(by: { $0.key < $1.key }) where !state.record.network.isOuter {
      let plan = try NetworkPlan(state.record.network)
      let link = links[state.record.bridge]
      if let link, link.index == state.bridgeIndex, link.isUp,
        plan.own.allSatisfy({ own in addresses[link.index]?.contains { $0.address == own } == true })
      {
        continue
      }
      if let link { try deleteLink(link.index) }
      networks[name]?.bridgeIndex = try addBridge(state.record, plan)
      repair.bridges.append(name)
    }
    if !repair.bridges.isEmpty { links = try linksByName() }
    repairParents(&links)
    for container in containers {
      for endpoint in container.endpoints {
        guard let state = networks[endpoint.network] else { continue }
        if state.record.network.isOuter {
          if state.severed.contains(container.id) { repair.unplugged[container.id, default: []].append(endpoint) }
          continue
        }
        guard let link = links[kernelNames.veth(endpoint)] else {
          repair.unplugged[container.id, default: []].append(endpoint)
          continue
        }
        if link.master == state.bridgeIndex, link.isUp { continue }
        try plug(link, into: state)
        repair.replugged[container.id, default: []].append(endpoint.network)
      }
    }
    if let old = firewall.state.loop, !links.values.contains(where: { $0.index == old.near }) {
      let new = try loop()
      try firewall.change { $0.loop = new }
      repair.isFilterRestored = true
    }
    // On networks of others alone there is nothing to filter.
    if !firewall.state.networks.isEmpty, try !firewall.isPresent() {
      try firewall.replace(firewall.state)
      repair.isFilterRestored = true
    }
    return repair
  }
}
