import Netlink
import StackModel

/// Everything that the packet filter has to know.
struct FirewallState: Equatable {
  var networks: [NetworkName: Member] = [:]
  var publications: [ContainerID: [Publication]] = [:]
  /// Some port is, or was, published by several containers. Without any, the table says nothing of it.
  var balances = false

  /// Some port is, or was, behind the host's own rules: by this way its packets come again. Without any, the table says nothing of it.
  var loop: Loop?

  /// What a packet leaves by that the host's own rules have let in, and by which it comes back.
  struct Loop: Equatable {
    /// The index of the end that it leaves by.
    var near: Int32
    /// The name of the end that it comes by.
    var far: String
  }

  /// Some network has IPv6. Without any, the table says nothing of it, and the kernel need not know it.
  var speaksIPv6: Bool { networks.values.contains { $0.speaksIPv6 } }

  /// The names of all bridges.
  var bridges: Set<String> { Set(networks.values.map(\.bridge)) }

  /// One network.
  struct Member: Equatable {
    var bridge: String
    var isInternal: Bool
    /// The bridge's address at which names are asked for.
    var gateway: IPAddress
    /// Where names are answered on that address; nil: nowhere.
    var resolverPort: UInt16?
    var speaksIPv6: Bool
    /// Containers of the network do not reach each other.
    var isSeparated: Bool
    /// Containers speak outwards with the host's address.
    var masquerades: Bool

    init(_ record: NetworkRecord, _ plan: NetworkPlan, resolverPort: UInt16?) {
      bridge = record.bridge
      isInternal = record.network.isInternal
      gateway = plan.resolver
      self.resolverPort = resolverPort
      speaksIPv6 = plan.ipv6 != nil
      isSeparated = record.network.bridge?.separatesContainers ?? false
      masquerades = record.network.bridge?.keepsAddresses != true
    }
  }

  /// One published port.
  struct Publication: Equatable {
    /// nil: every address of the host of the target's family.
    var hostAddress: IPAddress?
    var port: UInt16
    var transport: PortMapping.Transport
    var target: IPAddress
    var targetPort: UInt16
    /// False: it gets nothing as long as another container publishes the same port and is ready.
    var isReady = true
    /// The host's own rules of what comes in decide.
    var isFiltered = false

    /// The port of the host, of which one container has all connections, or several have some each.
    var place: Place { Place(address: hostAddress, isIPv6: target.isIPv6, port: port, transport: transport) }
  }

  struct Place: Hashable {
    var address: IPAddress?
    var isIPv6: Bool
    var port: UInt16
    var transport: PortMapping.Transport
  }
}

extension PortMapping.Transport {
  /// The IP protocol number.
  var number: UInt8 {
    switch self {
    case .tcp: 6
    case .udp: 17
    }
  }
}
