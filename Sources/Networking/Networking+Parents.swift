import Netlink
public import StackModel

/// Networks of others, of the drivers `macvlan` and `ipvlan`: nothing of them is in the host's own network but the addresses that are given out, and
/// their parent. No names are answered on them, no ports published, and the host itself does not reach their containers (the kernel keeps it from that).
extension Networking {
  /// Throws when such a network cannot be, before anything is made of it: this kernel does not know it, its parent is missing, or another network has
  /// the parent in another way. Of other networks nothing is said.
  ///
  /// - Parameters:
  ///   - planned: Networks that are to be made with it.
  ///   - loadsModules: false: what the kernel has not loaded and would load is taken to be there, for the machine is to stay as it is.
  /// - Throws: `NetworkingError`, `NetlinkError`.
  public func checkParent(of network: Network, planned: [Network] = [], loadsModules: Bool = true) async throws {
    guard network.isOuter else { return }
    func checkKernel(_ kind: String, _ advice: String, module: String? = nil) throws {
      if !loadsModules, canBeLoaded(module ?? kind) { return }
      if try !route.knows(kind: kind) { throw missing(network, kind, advice, module: module) }
    }
    try checkKernel(network.driver, "use the driver bridge")
    guard let parent = network.parent else { return try checkKernel("dummy", "give the network a parent") }
    for other in networks.values.map(\.record.network) + planned where other.parent == parent && other.name != network.name {
      guard other.driver == network.driver else {
        throw NetworkingError.invalid(
          "network \(network.name): \(parent) is the parent of \(other.name), which is of the driver \(other.driver); an interface cannot have both"
        )
      }
      // The kernel has one mode for all of a parent's interfaces: the last one would decide for those that run.
      guard other.ipvlan?.effectiveMode == network.ipvlan?.effectiveMode,
        other.ipvlan?.effectiveFlag == network.ipvlan?.effectiveFlag
      else {
        throw NetworkingError.invalid(
          "network \(network.name): \(parent) is the parent of \(other.name), which has another ipvlan_mode or ipvlan_flag; an interface has one of each"
        )
      }
    }
    if try route.link(named: parent) != nil { return }
    guard let vlan = VLANName(parent), try route.link(named: vlan.base) != nil else {
      throw NetworkingError.invalid(
        "network \(network.name): the host has no interface \(VLANName(parent)?.base ?? parent), which is to be the parent")
    }
    try checkKernel("vlan", "make the interface \(parent) yourself", module: "8021q")
  }

  private func missing(_ network: Network, _ kind: String, _ advice: String, module: String? = nil) -> NetworkingError {
    .invalid("network \(network.name): this machine's kernel has no \(kind) (modprobe \(module ?? kind)); \(advice)")
  }

  /// Takes note of such a network, whose parent is made where it is a VLAN that is not there, or where there is none.
  ///
  func join(_ record: NetworkRecord, _ plan: NetworkPlan) throws {
    let name = record.network.name
    let parent = try parent(of: record)
    networks[name] = NetworkState(record: record, pools: NetworkPools(name, plan), bridgeIndex: parent.index)
    directory.change { $0.setNetwork(name, isInternal: record.network.isInternal) }
  }

  /// The host's interface that is to be made as the parent of a new network; nil: it is there.
  func parentToMake(for network: Network) throws(NetlinkError) -> String? {
    // What bears the name of ours and is nobody's was left by an engine that died.
    guard let parent = network.parent else { return kernelNames.parent(network.name.rawValue) }
    // One that was made for another network is there for this one too, and stays as long as one of them.
    if networks.values.contains(where: { $0.record.madeParent == parent }) { return parent }
    return try route.link(named: parent) == nil ? parent : nil
  }

  /// The parent, made again where it was made before and has gone.
  private func parent(of record: NetworkRecord) throws -> Netlink.Link {
    let network = record.network
    let name = record.parent
    if let link = try route.link(named: name) { return link }
    guard record.madeParent == name else {
      throw NetworkingError.invalid("network \(network.name): the host has no interface \(name), which is to be the parent")
    }
    do throws(NetlinkError) {
      if network.parent == nil {
        try route.commit { $0.addDummy(name: name) }
      } else {
        guard let vlan = VLANName(name), let base = try route.link(named: vlan.base) else {
          throw NetlinkError("add vlan " + name, errno: NetlinkError.noSuchDevice)
        }
        try route.commit { $0.addVLAN(name: name, parent: base.index, id: vlan.id) }
      }
    } catch {
      if error.isNotSupported, network.parent == nil { throw missing(network, "dummy", "give the network a parent") }
      if error.isNotSupported { throw missing(network, "vlan", "make the interface \(name) yourself", module: "8021q") }
      guard !error.isNoSuchDevice else {
        throw NetworkingError.invalid("network \(network.name): the host has no interface \(name), which is to be the parent")
      }
      throw error
    }
    do {
      // The host has no part in what leads nowhere; a kernel without IPv6 has no such parameter.
      if network.parent == nil { try? setParameter("net/ipv6/conf/\(name)/disable_ipv6", "1") }
      try route.commit { $0.setLink(named: name, LinkChange(isUp: true)) }
      guard let made = try route.link(named: name) else {
        throw NetworkingError.failed("network \(network.name): the interface \(name) has gone")
      }
      return made
    } catch {
      try? route.commit { $0.deleteLink(named: name) }
      throw error
    }
  }

  /// Takes a parent away that was made, when no network has it any more.
  func leave(_ record: NetworkRecord) throws(NetlinkError) {
    guard let made = record.madeParent else { return }
    guard !networks.values.contains(where: { $0.record.network.name != record.network.name && $0.record.parent == made }) else { return }
    do { try route.commit { $0.deleteLink(named: made) } } catch  where error.isNoSuchDevice {}
  }

  /// Gives a process an interface on such a network.
  func addInterface(_ name: NetworkName, _ endpoint: Endpoint, pid: Int32) throws {
    let state = try network(name)
    let network = state.record.network
    let parent = try parent(of: state.record)
    noteParent(parent, of: name)
    do throws(NetlinkError) {
      if let options = network.ipvlan {
        try route.commit {
          $0.addIpvlan(
            name: endpoint.origin, parent: parent.index, mode: options.effectiveMode.number, flag: options.effectiveFlag.number,
            in: .process(pid))
        }
      } else if let options = network.macvlan, let mac = MACAddress(endpoint.mac) {
        try route.commit {
          $0.addMacvlan(name: endpoint.origin, parent: parent.index, mode: options.effectiveMode.number, mac: mac, in: .process(pid))
        }
      }
    } catch {
      if error.isNotSupported { throw missing(network, network.driver, "use the driver bridge") }
      if error.isBusy {
        throw NetworkingError.failed(
          "network \(name): \(parent.name) cannot be a parent for the driver \(network.driver) (\(error)): it is a bridge's port, or another's parent"
        )
      }
      throw error
    }
  }

  /// A parent may have gone and come again: with it went all interfaces on it.
  private func noteParent(_ link: Netlink.Link, of name: NetworkName) {
    guard let state = networks[name], state.bridgeIndex != link.index else { return }
    networks[name]?.severed.formUnion(state.pools.owners)
    networks[name]?.bridgeIndex = link.index
  }

  /// Makes parents again that have gone, and notes who has lost interfaces with them.
  func repairParents(_ links: inout [String: Netlink.Link]) {
    for (name, state) in networks where state.record.network.isOuter {
      if links[state.record.parent] == nil, state.record.madeParent != nil {
        // That of a VLAN may be away itself.
        guard let link = try? parent(of: state.record) else { continue }
        links[link.name] = link
      }
      if let link = links[state.record.parent] { noteParent(link, of: name) }
    }
  }
}

extension NetworkRecord {
  /// The host's interface whose network it is.
  var parent: String { network.parent ?? madeParent ?? "" }
}

/// The name of a VLAN's interface, as Docker has it: `eth0.50` is the part of eth0's network with the number 50.
struct VLANName: Equatable {
  var base: String
  /// From 1 to 4094.
  var id: UInt16

  init?(_ name: String) {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex, let id = UInt16(name[name.index(after: dot)...]),
      (1...4094).contains(id)
    else { return nil }
    base = String(name[..<dot])
    self.id = id
  }
}

extension MacvlanOptions.Mode {
  /// `MACVLAN_MODE_*`.
  var number: UInt32 {
    switch self {
    case .private: 1
    case .vepa: 2
    case .bridge: 4
    case .passthru: 8
    }
  }
}

extension IpvlanOptions.Mode {
  var number: IpvlanMode {
    switch self {
    case .l2: .l2
    case .l3: .l3
    case .l3s: .l3s
    }
  }
}

extension IpvlanOptions.Flag {
  var number: IpvlanFlag {
    switch self {
    case .bridge: .bridge
    case .private: .isPrivate
    case .vepa: .vepa
    }
  }
}
