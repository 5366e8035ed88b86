import LinuxKit
import Netlink
public import StackModel

extension Networking {
  /// Makes a network: its bridge, its part in the packet filter and its resolver; of one of others its parent, where it is not there. One that exists
  /// already is returned as it is.
  ///
  /// - Throws: `NetworkingError`, `NetlinkError`. Nothing is left behind then.
  public func create(_ network: Network, project: ProjectName?) async throws -> NetworkRecord {
    var attempts = 12
    while true {
      if let present = networks[network.name] { return present.record }
      if network.isExternal { throw NetworkingError.noSuchNetwork(network.name) }
      let bridge = network.isOuter ? "" : network.bridge?.name ?? kernelNames.bridge(network.name.rawValue)
      let plan = try NetworkPlan(
        network, pools: configuration.pools, pools6: configuration.subnets6,
        taken: takenSubnets(besides: kernelNames.bridge(network.name.rawValue)))
      let full = plan.filling(network)
      // A name of the user's own may be anybody's interface: one that is there is left alone.
      if network.bridge?.name != nil, try route.link(named: bridge) != nil {
        throw NetworkingError.invalid("network \(network.name): the host has an interface \(bridge) already")
      }
      var record = NetworkRecord(network: full, project: project, bridge: bridge)
      if network.isOuter {
        try await checkParent(of: network)
        record.madeParent = try parentToMake(for: network)
        try join(record, plan)
        return record
      }
      do {
        try await build(record, plan)
        return record
      } catch NetworkingError.subnetTaken where attempts > 0 {
        // Another engine chose the same subnet in the same moment. Both step back, and not for equally long.
        attempts -= 1
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...40)))
      }
    }
  }

  /// Removes a network. One that does not exist is no error.
  ///
  /// - Throws: `NetworkingError.networkInUse` while a container has an address on it.
  public func remove(_ name: NetworkName) async throws {
    guard let state = networks[name] else { return }
    guard state.pools.owners.isEmpty else {
      throw NetworkingError.networkInUse(name, containers: state.pools.owners.sorted())
    }
    // The kernel first, without waiting in between: a network of the same name may be made while the resolver stops.
    try firewall.change { $0.networks[name] = nil }
    if state.record.network.isOuter { try leave(state.record) } else { try deleteBridge(state.record.bridge) }
    if firewall.state.loop == nil { closeLoop() }
    networks[name] = nil
    internalSubnets.set(name, nil)
    directory.change { $0.removeNetwork(name) }
    await state.resolver?.stop()
  }

  /// The bridge with everything around it; nothing of it stays when a part fails.
  func build(_ record: NetworkRecord, _ plan: NetworkPlan) async throws {
    let name = record.network.name
    try deleteBridge(record.bridge)
    do {
      let index = try addBridge(record, plan)
      if let other = try plan.obstacle(in: takenSubnets(besides: record.bridge)) {
        throw NetworkingError.subnetTaken(network: name, subnet: other.subnet, by: other.by)
      }
      networks[name] = NetworkState(record: record, pools: NetworkPools(name, plan), bridgeIndex: index)
      try await serve(record, plan)
    } catch {
      networks[name] = nil
      directory.change { $0.removeNetwork(name) }
      // The first error is the one to tell.
      try? firewall.change { $0.networks[name] = nil }
      try? deleteBridge(record.bridge)
      throw error
    }
  }

  /// Starts the resolver of a network whose bridge exists and tells the packet filter of both.
  func serve(_ record: NetworkRecord, _ plan: NetworkPlan) async throws {
    let name = record.network.name
    let resolver = try await startResolver(name, plan)
    directory.change { $0.setNetwork(name, isInternal: record.network.isInternal) }
    internalSubnets.set(name, record.network.isInternal ? plan.ipv6?.subnet : nil)
    networks[name]?.resolver = resolver
    do {
      try firewall.change { state in
        state.networks[name] = FirewallState.Member(record, plan, resolverPort: resolver.port)
      }
    } catch {
      networks[name]?.resolver = nil
      await resolver.stop()
      throw error
    }
    forgetQuestions(to: [plan.resolver])
  }

  /// Forgets the flows of questions to earlier resolvers of these addresses: the kernel would go on to lead them to a port that is closed.
  func forgetQuestions(to resolvers: Set<IPAddress>) {
    guard !resolvers.isEmpty else { return }
    try? conntrack.forget(transport: PortMapping.Transport.udp.number, addresses: resolvers, ports: [53])
  }

  func startResolver(_ name: NetworkName, _ plan: NetworkPlan) async throws(NetworkingError) -> ResolverServer {
    let service = ResolverService(network: name, plan: plan, directory: directory, forwarder: forwarder)
    do { return try await ResolverServer.start(service, address: plan.resolver) } catch {
      throw .failed("network \(name): the resolver on \(plan.resolver) does not start: \(error)")
    }
  }

  /// Deletes a bridge and what is still plugged into it. One that does not exist is no error.
  func deleteBridge(_ name: String) throws(NetlinkError) {
    let links = try route.links()
    guard let bridge = links.first(where: { $0.name == name }) else { return }
    for port in links where port.master == bridge.index { try deleteLink(port.index) }
    try LinkDeletion.delete(name, index: bridge.index)
  }

  /// Deletes a link; one that goes by itself at the same moment is no error.
  func deleteLink(_ index: Int32) throws(NetlinkError) {
    do { try route.commit { $0.deleteLink(index) } } catch  where error.isNoSuchDevice {}
  }

  /// Subnets that a new network must keep clear of: the host's addresses and routes, and the other networks.
  private func takenSubnets(besides bridge: String) throws(NetlinkError) -> TakenSubnets {
    let links = try route.links()
    func name(_ index: Int32?) -> String { links.first { $0.index == index }?.name ?? "another interface" }
    var taken = TakenSubnets()
    for state in networks.values {
      let by = "network \(state.record.network.name)"
      for pool in state.pools.ipv4?.subnets ?? [] { taken.ipv4.append((pool.subnet, by)) }
      for pool in state.pools.ipv6?.subnets ?? [] { taken.ipv6.append((pool.subnet, by)) }
    }
    for found in try route.addresses() where name(found.index) != bridge && !found.address.isOfLink {
      taken.add(
        found.address.address, prefix: found.address.prefix, by: "\(found.address.subnetText) of the host's interface \(name(found.index))")
    }
    for found in try route.routes() where name(found.index) != bridge {
      // Routes wider than /8 are ways out (a VPN's 0.0.0.0/1), not networks.
      guard let destination = found.destination, destination.prefix >= 8, !destination.isOfLink else { continue }
      taken.add(
        destination.address, prefix: destination.prefix, by: "the host's route to \(destination.subnetText) by \(name(found.index))")
    }
    return taken
  }
}

extension CIDR {
  /// Of fe80::/10, which every interface has.
  fileprivate var isOfLink: Bool {
    if case .v6(let address) = address { address.value >> 118 == 0x3FA } else { false }
  }

  /// Without the host's bits.
  fileprivate var subnetText: String {
    switch address {
    case .v4(let address): IPv4Subnet(address, prefix: prefix)?.description ?? description
    case .v6(let address): IPv6Subnet(address, prefix: prefix)?.description ?? description
    }
  }
}
