import Netlink
import StackModel

/// Networks of the driver `macvlan`: nothing of them is in the host's own network but the addresses that are given out. No names are answered on
/// them, no ports published, and the host itself does not reach their containers (the kernel keeps it from that).
extension Networking {
  /// Takes note of such a network, whose parent must be there.
  func join(_ record: NetworkRecord, _ plan: NetworkPlan, _ options: MacvlanOptions) throws {
    let name = record.network.name
    guard let parent = try route.link(named: options.parent) else {
      throw NetworkingError.invalid("network \(name): the host has no interface \(options.parent), which is to be the parent")
    }
    networks[name] = NetworkState(record: record, pools: NetworkPools(name, plan), bridgeIndex: parent.index)
    directory.change { $0.setNetwork(name, isInternal: record.network.isInternal) }
  }

  /// Gives a process an interface there.
  func addMacvlan(_ state: NetworkState, _ options: MacvlanOptions, pid: Int32, mac: MACAddress) throws {
    // The parent may have gone and come again.
    guard let parent = try route.link(named: options.parent) else {
      throw NetworkingError.invalid("network \(state.record.network.name): the host has no interface \(options.parent) any more")
    }
    do throws(NetlinkError) {
      try route.commit { $0.addMacvlan(parent: parent.index, mode: options.mode.number, mac: mac, in: .process(pid)) }
    } catch {
      guard error.isNotSupported else { throw error }
      throw NetworkingError.invalid(
        "network \(state.record.network.name): this machine's kernel has no macvlan (\(error)); use the driver bridge")
    }
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
