import Netlink
import StackModel

extension Networking {
  /// Takes over what an earlier engine left in the kernel. Connections of running containers go on meanwhile: what is right is not touched,
  /// and the packet filter's table is replaced in one transaction.
  ///
  /// Bridges that are missing are made again, with the containers' interfaces plugged in; those of this engine that no record names are
  /// removed.
  /// - Returns: what could not be restored, a sentence each.
  /// - Throws: when the kernel refuses as a whole.
  @discardableResult
  public func restore(networks records: [NetworkRecord], containers: [RestoredContainer]) async throws -> [String] {
    var problems: [String] = []
    var state = FirewallState()
    for record in records {
      do {
        if record.network.isOuter {
          try join(record, try NetworkPlan(record.network))
        } else {
          state.networks[record.network.name] = try await restore(record, &problems)
        }
      } catch { problems.append("network \(record.network.name): \(error)") }
    }
    let links = try linksByName()
    for container in containers {
      reserveAgain(container, &problems)
      replug(container, links, &problems)
      if let names = container.names { directory.change { $0.set(names) } }
      if let publications = holdAgain(container, &problems) { state.publications[container.id] = publications }
    }
    let places = state.publications.values.joined().map(\.place)
    state.balances = Set(places).count < places.count
    if state.publications.values.joined().contains(where: \.isFiltered) {
      do { state.loop = try loop() } catch { problems.append("ports behind the host's own rules: \(error)") }
    } else {
      closeLoop()
    }
    try firewall.replace(state)
    forgetQuestions(to: Set(records.filter { !$0.network.isOuter }.compactMap { try? NetworkPlan($0.network).resolver }))
    try? firewall.settleWithNeighbours()
    try removeStrays(known: Set(records.map(\.bridge) + records.compactMap(\.madeParent)))
    return problems
  }

  /// A network whose resolver does not start is still a network.
  private func restore(_ record: NetworkRecord, _ problems: inout [String]) async throws -> FirewallState.Member {
    let plan = try NetworkPlan(record.network)
    let name = record.network.name
    var bridge = try route.link(named: record.bridge)
    if let found = bridge {
      let present = try route.addresses().filter { $0.index == found.index }.map(\.address)
      if !found.isUp || !plan.own.allSatisfy(present.contains) {
        try deleteLink(found.index)
        bridge = nil
      }
    }
    let index = try bridge?.index ?? addBridge(record, plan)
    var resolver: ResolverServer?
    do { resolver = try await startResolver(name, plan) } catch { problems.append(error.description) }
    networks[name] = NetworkState(record: record, pools: NetworkPools(name, plan), bridgeIndex: index, resolver: resolver)
    directory.change { $0.setNetwork(name, isInternal: record.network.isInternal) }
    internalSubnets.set(name, record.network.isInternal ? plan.ipv6?.subnet : nil)
    return FirewallState.Member(record, plan, resolverPort: resolver?.port)
  }

  private func reserveAgain(_ container: RestoredContainer, _ problems: inout [String]) {
    for endpoint in container.endpoints {
      do {
        guard var pools = networks[endpoint.network]?.pools else { throw NetworkingError.noSuchNetwork(endpoint.network) }
        let place = NetworkPools.Place(
          ipv4: IPv4Address(endpoint.address), ipv6: endpoint.ipv6.flatMap { IPv6Address($0.address) })
        _ = try pools.reserve(container.id, name: container.names?.name, network: endpoint.network, requested: place)
        networks[endpoint.network]?.pools = pools
      } catch { problems.append("container \(container.id.short): \(error)") }
    }
  }

  /// Asked once for all containers: the kernel tells much of each link.
  func linksByName() throws(NetlinkError) -> [String: Netlink.Link] {
    Dictionary(try route.links().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Plugs the container's interfaces into bridges that were made again.
  private func replug(_ container: RestoredContainer, _ links: [String: Netlink.Link], _ problems: inout [String]) {
    do {
      for endpoint in container.endpoints {
        let name = kernelNames.veth(endpoint)
        guard let bridge = networks[endpoint.network]?.bridgeIndex, let link = links[name] else { continue }
        guard link.master != bridge, let state = networks[endpoint.network] else { continue }
        try plug(link, into: state)
      }
    } catch { problems.append("container \(container.id.short): \(error)") }
  }

  /// Puts the host's end of a container's interface on the network's bridge.
  func plug(_ link: Netlink.Link, into state: NetworkState) throws(NetlinkError) {
    try route.commit { batch in
      batch.setLink(link.index, LinkChange(isUp: true, master: state.bridgeIndex))
      batch.setLink(link.index, LinkChange(isHairpin: true, isIsolated: state.record.network.bridge?.separatesContainers))
    }
  }

  private func holdAgain(_ container: RestoredContainer, _ problems: inout [String]) -> [FirewallState.Publication]? {
    guard !container.ports.isEmpty else { return nil }
    do {
      let targets = try publishingTargets(container.endpoints)
      var held: [HeldMapping] = []
      for port in container.ports {
        do { held.append(try hold(port, targets.families, container.group).leading(to: targets)) } catch {
          problems.append("container \(container.id.short): \(error)")
        }
      }
      heldPorts[container.id] = held
      leadRelays(of: held)
      return publications(held, to: targets, of: container.id)
    } catch {
      problems.append("container \(container.id.short): \(error)")
      return nil
    }
  }

  /// Removes this engine's bridges and parents that belong to no network, and veth ends that are plugged into nothing.
  private func removeStrays(known: Set<String>) throws(NetlinkError) {
    for link in try route.links() where link.name.hasPrefix(kernelNames.bridgePrefix) && !known.contains(link.name) {
      try deleteBridge(link.name)
    }
    for link in try route.links() where link.name.hasPrefix(kernelNames.vethPrefix) && link.master == nil {
      try deleteLink(link.index)
    }
    for link in try route.links() where link.name.hasPrefix(kernelNames.parentPrefix) && !known.contains(link.name) {
      try deleteLink(link.index)
    }
  }
}
