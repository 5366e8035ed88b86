import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

/// An engine's networks and containers on them, in the private host; and a machine outside, 203.0.113.2, whose neighbour 203.0.113.1 we are.
struct World {
  let networking: Networking
  let outside: NetworkNamespace
  static let hostAddress = "203.0.113.1"
  static let outsideAddress = "203.0.113.2"
  static let hostAddress6 = "2001:db8:113::1"
  static let outsideAddress6 = "2001:db8:113::2"

  /// One that is on networks, with its interfaces configured.
  struct Container {
    let id: ContainerID
    let endpoints: [Endpoint]
    let namespace: NetworkNamespace
    var address: String { endpoints[0].address }
    var address6: String { endpoints[0].ipv6?.address ?? "" }
  }

  /// Plays a scene, takes everything away and looks that nothing is left.
  static func play(_ configuration: NetworkingConfiguration = .init(suffix: "test"), _ scene: (World) async throws -> Void) async throws {
    let before = try await ledger()
    let outside = try await NetworkNamespace()
    try await run("ip", "link", "add", "out0", "type", "veth", "peer", "name", "eth0", "netns", "\(outside.pid)").expect()
    try await run("ip", "addr", "add", hostAddress + "/24", "dev", "out0").expect()
    try await run("ip", "addr", "add", hostAddress6 + "/64", "dev", "out0", "nodad").expect()
    try await run("ip", "link", "set", "out0", "up").expect()
    try await outside.run {
      var socket = try RouteSocket()
      let eth = try #require(try socket.link(named: "eth0"))
      let own = try [outsideAddress + "/24", outsideAddress6 + "/64"].map { try #require(CIDR($0)) }
      try socket.commit {
        for address in own { $0.addAddress(address, to: eth.index) }
        $0.setLink(eth.index, LinkChange(isUp: true))
      }
    }
    let world = World(networking: try Networking(configuration), outside: outside)
    let result: Result<Void, any Error>
    do { result = .success(try await scene(world)) } catch { result = .failure(error) }
    await world.networking.removeEverything()
    try await run("ip", "link", "delete", "out0").expect()
    withExtendedLifetime(outside) {}
    try result.get()
    let after = try await eventually {
      try await ledger()
    } until: {
      $0 == before
    }
    #expect(after == before)
  }

  /// Links, tables and sockets.
  private static func ledger() async throws -> String {
    let parts = [
      try await run("ip", "-brief", "link"), try await run("nft", "list", "ruleset"),
      try await run("ss", "--tcp", "--udp", "--listening", "--numeric", "--no-header"),
    ]
    let texts = try parts.map { try $0.expect().lines }
    // Of sockets: the protocol and the address.
    let sockets = texts[2].map { line in [0, 4].compactMap { line.split(separator: " ")[safe: $0] }.joined(separator: " ") }
    return (texts[0] + texts[1]).joined(separator: "\n") + sockets.sorted().joined(separator: "\n")
  }

  func network(
    _ name: String, isInternal: Bool = false, subnet: String? = nil, ipv6: IPAMConfig? = nil, hasNoIPv4: Bool? = nil
  ) async throws -> NetworkName {
    var network = Network(key: name, name: NetworkName(name), isInternal: isInternal, subnet: subnet)
    network.ipv6 = ipv6
    network.hasNoIPv4 = hasNoIPv4
    return try await networking.create(network, project: "shop").network.name
  }

  /// A container with a service's name and aliases, plugged in.
  func container(
    _ name: String, on networks: NetworkName..., service: ServiceName? = nil, aliases: [String] = [], links: [String: String] = [:],
    isReady: Bool = true, resolvers: [String] = []
  ) async throws -> Container {
    let id = containerID(name)
    let endpoints = try await networking.reserve(id, attachments: networks.map { Attachment(network: $0) })
    let namespace = try await NetworkNamespace()
    try await networking.connect(id, endpoints, pid: namespace.pid)
    try await namespace.configure(endpoints)
    await networking.setNames(
      EndpointNames(
        container: id, endpoints: endpoints, name: name, service: service,
        aliases: Dictionary(uniqueKeysWithValues: networks.map { ($0, aliases) }), links: links, isReady: isReady, resolvers: resolvers))
    return Container(id: id, endpoints: endpoints, namespace: namespace)
  }
}

/// An id like Docker's, made of a name.
func containerID(_ name: String) -> ContainerID {
  let hex = name.utf8.reversed().map { String($0, radix: 16) }.joined()
  return ContainerID(String((hex + String(repeating: "0", count: 64)).prefix(64)))
}

extension Networking {
  func removeEverything() async {
    for (name, state) in networks {
      for container in state.pools.owners { await withdraw(container) }
      do { try await remove(name) } catch { Issue.record(error) }
    }
    await close()
  }
}

extension [Substring] {
  fileprivate subscript(safe index: Int) -> Substring? { indices.contains(index) ? self[index] : nil }
}
