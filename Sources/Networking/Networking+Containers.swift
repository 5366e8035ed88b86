import Netlink
public import StackModel

extension Networking {
  /// Gives a container its addresses. Those it has stay the same until `withdraw`.
  ///
  /// - Parameters:
  ///   - name: The container's; who comes after one of that name gets its addresses, if nobody else has them.
  ///   - keeping: Endpoints of the running container, which stay as they are where their networks are still asked for.
  /// - Returns: one endpoint an attachment, in the order of the interfaces: the highest priority first.
  /// - Throws: `NetworkingError`; nothing is reserved then that was not before.
  public func reserve(
    _ container: ContainerID, name: String? = nil, attachments: [Attachment], keeping: [Endpoint] = []
  ) async throws -> [Endpoint] {
    var pools: [NetworkName: NetworkPools] = [:]
    var endpoints: [Endpoint] = []
    let ordered = attachments.enumerated().sorted { ($1.element.priority, $0.offset) < ($0.element.priority, $1.offset) }.map(\.element)
    for attachment in ordered {
      let state = try network(attachment.network)
      guard pools[attachment.network] == nil else {
        throw NetworkingError.invalid("network \(attachment.network) is attached twice")
      }
      if var kept = keeping.first(where: { $0.network == attachment.network }) {
        pools[attachment.network] = state.pools
        kept.isDefaultRoute = false
        kept.ipv6?.isDefaultRoute = false
        endpoints.append(kept)
        continue
      }
      var own = state.pools
      let place = try own.reserve(container, name: name, network: attachment.network, requested: requestedPlace(attachment))
      pools[attachment.network] = own
      let network = state.record.network
      let subnet = place.ipv4.flatMap { own.ipv4?.subnet(of: $0) }
      var endpoint = Endpoint(
        network: attachment.network, bridge: state.record.bridge, address: place.ipv4?.description ?? "",
        prefix: subnet?.subnet.prefix ?? 0, mac: try hardwareAddress(attachment, place, network),
        gateway: network.isRouted ? "" : subnet?.gateway?.description ?? "", isDefaultRoute: false,
        interface: interfaceName(of: attachment, besides: ordered, endpoints + keeping, network))
      if let address = place.ipv6, let subnet = own.ipv6?.subnet(of: address) {
        endpoint.ipv6 = IPv6Place(
          address: address.description, prefix: subnet.subnet.prefix,
          gateway: network.isRouted ? "" : subnet.gateway?.description ?? "")
      }
      endpoint.mtu = network.bridge?.mtu
      endpoint.linkLocalAddresses = attachment.linkLocalAddresses
      endpoint.sysctls = attachment.sysctls.map { sysctls in
        // A dot in the interface's name is a slash in a parameter's (sysctl(8)).
        let name = endpoint.interface.map { $0 == "." ? "/" : String($0) }.joined()
        return Dictionary(sysctls.map { ($0.replacing(".IFNAME.", with: ".\(name)."), $1) }, uniquingKeysWith: { $1 })
      }
      endpoints.append(endpoint)
    }
    if let wayOut = wayOut(of: ordered, where: { !endpoints[$0].address.isEmpty }) { endpoints[wayOut].isDefaultRoute = true }
    if let wayOut = wayOut(of: ordered, where: { endpoints[$0].ipv6 != nil }) { endpoints[wayOut].ipv6?.isDefaultRoute = true }
    for (name, own) in pools { networks[name]?.pools = own }
    makeRoomForNeighbours()
    return endpoints
  }

  /// Plugs a container into its networks: for each endpoint a veth pair, one end on the bridge, the other in the network namespace of
  /// the process `pid`, where the container's own set-up finds it by the name of its `origin`. What came there before by that name must have gone.
  ///
  /// - Throws: `NetlinkError`; no interface is left then.
  public func connect(_ container: ContainerID, _ endpoints: [Endpoint], pid: Int32) async throws {
    var made: [String] = []
    do {
      for endpoint in endpoints {
        let state = try network(endpoint.network)
        for text in endpoint.addresses {
          guard let address = IPAddress(text), state.pools.isOwned(address, by: container) else {
            throw NetworkingError.invalid("network \(endpoint.network): \(text) is not reserved for container \(container.short)")
          }
        }
        if state.record.network.isOuter {
          try addInterface(endpoint.network, endpoint, pid: pid)
          networks[endpoint.network]?.severed.remove(container)
          continue
        }
        guard let mac = MACAddress(endpoint.mac) else { throw NetworkingError.invalid("\(endpoint.mac) is not a hardware address") }
        let name = kernelNames.veth(endpoint)
        do {
          try addVeth(name, endpoint, state, pid: pid, mac: mac)
        } catch {
          // Nobody looks after the bridge of a network that no container runs on.
          guard try await makeBridgeAgain(endpoint.network) else { throw error }
          try addVeth(name, endpoint, network(endpoint.network), pid: pid, mac: mac)
        }
        made.append(name)
      }
    } catch {
      for name in made { try? route.commit { $0.deleteLink(named: name) } }
      throw error
    }
  }

  /// Takes a running container off one network: its interface, and its address there, which are free then. That of a network of others is in the
  /// container's namespace alone, and taken away there.
  public func disconnect(_ container: ContainerID, _ endpoint: Endpoint) async throws {
    if !endpoint.bridge.isEmpty { try unplug(kernelNames.veth(endpoint)) }
    networks[endpoint.network]?.pools.release(container)
    networks[endpoint.network]?.severed.remove(container)
  }

  /// Takes back a container's names, published ports and addresses. Its interfaces go with its network namespace.
  public func withdraw(_ container: ContainerID) async {
    directory.change { $0.remove(container) }
    // A refusal leaves elements that lead nowhere; they go with the next change that makes the table anew.
    try? firewall.publish(nil, of: container)
    if let held = heldPorts.removeValue(forKey: container) {
      leadRelays(of: held)
      forgetFlows(to: held)
    }
    for name in networks.keys {
      networks[name]?.pools.release(container)
      networks[name]?.severed.remove(container)
    }
  }

  /// Makes the bridge of a network again if somebody has deleted it; false: it is there. Those who were on it are plugged in by `repair`.
  private func makeBridgeAgain(_ name: NetworkName) async throws -> Bool {
    let state = try network(name)
    guard try route.link(named: state.record.bridge)?.index != state.bridgeIndex else { return false }
    return try await repair().bridges.contains(name)
  }

  /// Deletes a pair; one that is gone is no error.
  func unplug(_ name: String) throws(NetlinkError) {
    do { try route.commit { $0.deleteLink(named: name) } } catch  where error.isNoSuchDevice {}
  }

  /// The pair of a container's earlier run may still be on its way out; it is helped along then.
  private func addVeth(
    _ name: String, _ endpoint: Endpoint, _ state: NetworkState, pid: Int32, mac: MACAddress
  ) throws(NetlinkError) {
    let options = state.record.network.bridge
    func add(_ batch: inout RouteBatch) {
      batch.addVeth(
        name: name, master: state.bridgeIndex, peer: .process(pid), peerName: endpoint.origin, peerMAC: mac, mtu: options?.mtu,
        isIsolated: options?.separatesContainers)
    }
    do {
      try route.commit { add(&$0) }
    } catch  where error.isExisting {
      try unplug(name)
      try route.commit { add(&$0) }
    }
  }

  /// The name asked for, or the network's prefix with the lowest number that is nobody's.
  private func interfaceName(
    of attachment: Attachment, besides all: [Attachment], _ endpoints: [Endpoint], _ network: Network
  ) -> String {
    if let name = attachment.interfaceName { return name }
    let taken = Set(all.compactMap(\.interfaceName) + endpoints.map(\.interface))
    let prefix = network.bridge?.interfacePrefix ?? "eth"
    var number = 0
    while taken.contains(prefix + String(number)) { number += 1 }
    return prefix + String(number)
  }

  /// The first of the highest `gw_priority` among networks that lead out.
  private func wayOut(of attachments: [Attachment], where isPossible: (Int) -> Bool) -> Int? {
    let leading = attachments.indices.filter {
      isPossible($0) && networks[attachments[$0].network]?.record.network.leadsOut == true
    }
    guard let highest = leading.map({ attachments[$0].gatewayPriority ?? 0 }).max() else { return nil }
    return leading.first { attachments[$0].gatewayPriority ?? 0 == highest }
  }

  private func requestedPlace(_ attachment: Attachment) throws(NetworkingError) -> NetworkPools.Place {
    var place = NetworkPools.Place()
    if let text = attachment.address {
      place.ipv4 = IPv4Address(text)
      if place.ipv4 == nil { throw .invalid("network \(attachment.network): \(text) is not an IPv4 address") }
    }
    if let text = attachment.address6 {
      place.ipv6 = IPv6Address(text)
      if place.ipv6 == nil { throw .invalid("network \(attachment.network): \(text) is not an IPv6 address") }
    }
    return place
  }

  private func hardwareAddress(
    _ attachment: Attachment, _ place: NetworkPools.Place, _ network: Network
  ) throws(NetworkingError) -> String {
    if network.ipvlan != nil {
      guard attachment.mac == nil else { throw .invalid(IpvlanOptions.refusal(ofAddressOn: network.name)) }
      return ""
    }
    guard let text = attachment.mac else {
      return MACAddress(for: place.ipv4?.ipAddress ?? place.ipv6?.ipAddress ?? .v4(IPv4Address(0))).description
    }
    guard let mac = MACAddress(text), mac.isUnicast else {
      throw .invalid("network \(attachment.network): \(text) is not the hardware address of one interface")
    }
    return mac.description
  }
}
