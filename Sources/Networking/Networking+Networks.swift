import LinuxKit
import Netlink
public import StackModel

extension Networking {
  /// Makes a network: its bridge, its part in the packet filter and its resolver. One that exists already is returned as it is.
  ///
  /// - Throws: `NetworkingError`, `NetlinkError`. Nothing is left behind then.
  public func create(_ network: Network, project: ProjectName?) async throws -> NetworkRecord {
    var attempts = 12
    while true {
      if let present = networks[network.name] { return present.record }
      if network.isExternal { throw NetworkingError.noSuchNetwork(network.name) }
      let bridge = network.bridge?.name ?? kernelNames.bridge(network.name.rawValue)
      let plan = try NetworkPlan(
        network, pools: configuration.pools, taken: takenSubnets(besides: kernelNames.bridge(network.name.rawValue)))
      var full = network
      full.subnet = plan.subnet.description
      full.gateway = plan.gateway.description
      // A name of the user's own may be anybody's interface: one that is there is left alone.
      if network.bridge?.name != nil, try route.link(named: bridge) != nil {
        throw NetworkingError.invalid("network \(network.name): the host has an interface \(bridge) already")
      }
      let record = NetworkRecord(network: full, project: project, bridge: bridge)
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
    guard state.pool.owners.isEmpty else {
      throw NetworkingError.networkInUse(name, containers: Set(state.pool.owners.values).sorted())
    }
    // The kernel first, without waiting in between: a network of the same name may be made while the resolver stops.
    try firewall.change { $0.networks[name] = nil }
    try deleteBridge(state.record.bridge)
    networks[name] = nil
    directory.change { $0.removeNetwork(name) }
    await state.resolver?.stop()
  }

  /// The bridge with everything around it; nothing of it stays when a part fails.
  func build(_ record: NetworkRecord, _ plan: NetworkPlan) async throws {
    let name = record.network.name
    try deleteBridge(record.bridge)
    do {
      let index = try addBridge(record, plan)
      if let other = try takenSubnets(besides: record.bridge).first(where: { $0.subnet.overlaps(plan.subnet) }) {
        throw NetworkingError.subnetTaken(network: name, subnet: plan.subnet.description, by: other.by)
      }
      networks[name] = NetworkState(record: record, pool: AddressPool(name, plan), bridgeIndex: index)
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
    networks[name]?.resolver = resolver
    do {
      try firewall.change { state in
        state.networks[name] = FirewallState.Member(
          bridge: record.bridge, isInternal: record.network.isInternal, gateway: plan.gateway, resolverPort: resolver.port,
          options: record.network.bridge)
      }
    } catch {
      networks[name]?.resolver = nil
      await resolver.stop()
      throw error
    }
  }

  func startResolver(_ name: NetworkName, _ plan: NetworkPlan) async throws(NetworkingError) -> ResolverServer {
    let service = ResolverService(network: name, subnet: plan.subnet, directory: directory, forwarder: forwarder)
    do { return try await ResolverServer.start(service, gateway: plan.gateway) } catch {
      throw .failed("network \(name): the resolver on \(plan.gateway) does not start: \(error)")
    }
  }

  /// - Returns: the interface index.
  func addBridge(_ record: NetworkRecord, _ plan: NetworkPlan) throws -> Int32 {
    try setParameter("net/ipv4/ip_forward", "1")
    try route.commit { $0.addBridge(name: record.bridge, mac: MACAddress(for: plan.gateway), mtu: record.network.bridge?.mtu) }
    guard let bridge = try route.link(named: record.bridge) else {
      throw NetworkingError.failed("network \(record.network.name): the bridge \(record.bridge) has gone")
    }
    // Ports published on 127.0.0.1 go over the bridge with a loopback address; the packet filter keeps others from using that.
    try setParameter("net/ipv4/conf/\(record.bridge)/route_localnet", "1")
    // A kernel without IPv6 has no such parameter.
    try? setParameter("net/ipv6/conf/\(record.bridge)/disable_ipv6", "1")
    try route.commit { batch in
      batch.addAddress(CIDR(.v4(plan.gateway), prefix: plan.subnet.prefix), to: bridge.index)
      batch.setLink(bridge.index, LinkChange(isUp: true))
    }
    return bridge.index
  }

  /// Deletes a bridge and what is still plugged into it. One that does not exist is no error.
  func deleteBridge(_ name: String) throws(NetlinkError) {
    let links = try route.links()
    guard let bridge = links.first(where: { $0.name == name }) else { return }
    for port in links where port.master == bridge.index { try deleteLink(port.index) }
    try deleteLink(bridge.index)
  }

  /// Deletes a link; one that goes by itself at the same moment is no error.
  func deleteLink(_ index: Int32) throws(NetlinkError) {
    do { try route.commit { $0.deleteLink(index) } } catch  where error.isNoSuchDevice {}
  }

  /// Subnets that a new network must keep clear of: the host's addresses and routes, and the other networks.
  private func takenSubnets(besides bridge: String) throws(NetlinkError) -> [(subnet: IPv4Subnet, by: String)] {
    let links = try route.links()
    func name(_ index: Int32?) -> String { links.first { $0.index == index }?.name ?? "another interface" }
    var taken: [(IPv4Subnet, String)] = networks.values.map { ($0.pool.subnet, "network \($0.record.network.name)") }
    for address in try route.addresses() {
      guard case .v4(let own) = address.address.address, let subnet = IPv4Subnet(own, prefix: address.address.prefix) else { continue }
      if name(address.index) != bridge { taken.append((subnet, "\(subnet) of the host's interface \(name(address.index))")) }
    }
    for route in try route.routes() {
      // Routes wider than /8 are ways out (a VPN's 0.0.0.0/1), not networks.
      guard let destination = route.destination, destination.prefix >= 8, case .v4(let base) = destination.address,
        let subnet = IPv4Subnet(base, prefix: destination.prefix)
      else { continue }
      if name(route.index) != bridge { taken.append((subnet, "the host's route to \(subnet) by \(name(route.index))")) }
    }
    return taken
  }
}

extension AddressPool {
  init(_ network: NetworkName, _ plan: NetworkPlan) {
    self.init(network, subnet: plan.subnet, gateway: plan.gateway, range: plan.range)
  }
}
