import Netlink
import StackModel

/// Everything that the packet filter has to know.
struct FirewallState: Equatable {
  var networks: [NetworkName: Member] = [:]
  var publications: [ContainerID: [Publication]] = [:]

  /// One network.
  struct Member: Equatable {
    var bridge: String
    var isInternal: Bool
    var gateway: IPv4Address
    /// Where names are answered on the gateway's address; nil: nowhere.
    var resolverPort: UInt16?
    /// Containers of the network do not reach each other.
    var isSeparated = false
    /// Containers speak outwards with the host's address.
    var masquerades = true

    init(bridge: String, isInternal: Bool, gateway: IPv4Address, resolverPort: UInt16?, options: BridgeOptions? = nil) {
      self.bridge = bridge
      self.isInternal = isInternal
      self.gateway = gateway
      self.resolverPort = resolverPort
      isSeparated = options?.separatesContainers ?? false
      masquerades = options?.keepsAddresses != true
    }
  }

  /// One published port.
  struct Publication: Equatable {
    /// nil: every address of the host.
    var hostAddress: IPv4Address?
    var port: UInt16
    var transport: PortMapping.Transport
    var target: IPv4Address
    var targetPort: UInt16
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
