import LinuxKit
import Netlink
import StackModel

/// The networks of one engine: bridges, addresses, names and published ports.
///
/// What containers need to speak is in the kernel (bridges, veth pairs, one nftables table) and stays when the engine goes; names are
/// answered, and ports held against other programs, only while the engine runs. Kernel objects are made in the network namespace of the
/// process.
public actor Networking {
  let configuration: NetworkingConfiguration
  let kernelNames: KernelNames
  let directory = Directory()
  let forwarder: Forwarder
  let internalSubnets = InternalSubnets()
  let monitor: NftablesMonitor?
  let links: LinkMonitor?
  var route: RouteSocket
  var firewall: Firewall
  /// Kept open: to close one after a change of the packet filter, the kernel waits until what the change took away is gone (10 ms).
  var conntrack: ConntrackSocket
  var networks: [NetworkName: NetworkState] = [:]
  /// Whether the kernel has been asked to keep more neighbours.
  var hasRoomForNeighbours = false
  /// The sockets that hold each container's published ports.
  var heldPorts: [ContainerID: [HeldMapping]] = [:]

  /// One network that exists.
  struct NetworkState {
    var record: NetworkRecord
    var pools: NetworkPools
    /// The interface index of the bridge, or of the parent.
    var bridgeIndex: Int32
    var resolver: ResolverServer?
    /// Those who have lost their interfaces with a parent that had gone, until they have others.
    var severed: Set<ContainerID> = []
  }

  /// One published port and its sockets: one an address of the host, of which both families have one for "all".
  struct HeldMapping {
    var mapping: PortMapping
    var sockets: [HeldPort]
    /// Those who may share the port; nil: nobody.
    var group: String?
    /// The container's addresses.
    var targets = PublishingTargets()
  }

  /// - Throws: `NetlinkError` when the kernel refuses netlink sockets.
  public init(_ configuration: NetworkingConfiguration = NetworkingConfiguration()) throws {
    self.configuration = configuration
    kernelNames = KernelNames(suffix: configuration.suffix)
    forwarder = Forwarder { configuration.hostResolvers() }
    route = try RouteSocket()
    firewall = try Firewall(kernelNames)
    conntrack = try ConntrackSocket()
    monitor = try? NftablesMonitor()
    links = try? LinkMonitor()
  }

  /// The networks that exist.
  public var records: [NetworkRecord] { networks.values.map(\.record) }

  /// Stops answering names and holding ports. Networks and connections stay as they are.
  public func close() async {
    for name in networks.keys {
      let resolver = networks[name]?.resolver
      networks[name]?.resolver = nil
      await resolver?.stop()
    }
    heldPorts = [:]
  }

  func network(_ name: NetworkName) throws(NetworkingError) -> NetworkState {
    guard let state = networks[name] else { throw .noSuchNetwork(name) }
    return state
  }
}
