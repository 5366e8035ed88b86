import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// Who reaches whom: every cell as Docker has it, or stricter.
  @Suite struct Reachability {
    /// Where a connection goes to.
    private enum Target: String, CaseIterable {
      /// A container's own address on an ordinary network; another's on an internal one.
      case front, hidden
      /// A port of every address of the host; one of 127.0.0.1, asked for at the host's outer address.
      case published, local
    }

    /// `front` and `hidden` are reached by who is on them and by the host; ports by everybody who has a way to the host.
    private static let expected: [(from: String, reaches: Set<Target>)] = [
      ("peer", [.front, .published]), ("other", [.published]), ("vault", [.hidden]), ("both", [.front, .hidden, .published]),
      ("host", [.front, .hidden, .published]), ("outside", [.published]),
    ]

    private struct Servers {
      var address: [Bool: String]
      var stream: [Bool: Listener]
      var datagram: [Bool: Listener]

      /// One that listens to both transports, of both families.
      init(_ container: World.Container) async throws {
        address = [false: container.address, true: container.address6]
        (stream, datagram) = ([:], [:])
        for isSix in [false, true] {
          stream[isSix] = try await container.namespace.listen(80, on: isSix ? "::" : "0.0.0.0")
          datagram[isSix] = try await container.namespace.listen(80, .datagram, on: isSix ? "::" : "0.0.0.0")
        }
      }
    }

    @Test func theMatrix() async throws {
      try await World.play { world in
        let old = try Networking(NetworkingConfiguration(suffix: "test"))
        let earlier = World(networking: old, outside: world.outside)
        let (front, back) = try await (earlier.network("front", ipv6: .init()), earlier.network("back", ipv6: .init()))
        let hidden = try await earlier.network("hidden", isInternal: true, ipv6: .init())
        let web = try await earlier.container("web", on: front)
        let vault = try await earlier.container("vault", on: hidden)
        let mappings = [PortMapping.Transport.tcp, .udp].flatMap { transport in
          [
            PortMapping(published: 8080, target: 80, transport: transport),
            PortMapping(hostAddress: "127.0.0.1", published: 8081, target: 80, transport: transport),
          ]
        }
        _ = try await old.publish(web.id, ports: mappings, endpoints: web.endpoints)
        let containers = [
          "peer": try await earlier.container("peer", on: front), "other": try await earlier.container("other", on: back),
          "vault": vault, "both": try await earlier.container("both", on: hidden, front),
        ]
        // A neighbour that knows the way to every container.
        let ways = try [World.hostAddress, World.hostAddress6].map { try #require(IPAddress($0)) }
        try await world.outside.run {
          var socket = try RouteSocket()
          for way in ways { try socket.addDefaultRoute(gateway: way) }
        }
        let places: [String: NetworkNamespace?] = containers.mapValues { $0.namespace }.merging(["outside": world.outside, "host": nil]) {
          $1
        }
        let (inFront, inHidden) = try await (Servers(web), Servers(vault))
        try await look(places, inFront, inHidden, "with the first engine")

        let records = await old.records
        await old.close()
        let running = ([("web", web)] + containers.sorted { $0.key < $1.key }).map { name, container in
          RestoredContainer(
            id: container.id, endpoints: container.endpoints, ports: name == "web" ? mappings : [],
            names: EndpointNames(container: container.id, endpoints: container.endpoints, name: name))
        }
        #expect(try await world.networking.restore(networks: records, containers: running) == [])
        try await look(places, inFront, inHidden, "with the next engine")
        #expect(TestSocket(.stream).connect("127.0.0.1", 8081) == 0)
        #expect(inFront.stream[false]?.socket.acceptedPeer() != nil)
      }
    }

    private func look(
      _ places: [String: NetworkNamespace?], _ front: Servers, _ hidden: Servers, _ when: String
    ) async throws {
      for (from, reaches) in Self.expected {
        guard let place = places[from] else { throw CallFailure(call: from, errno: ENOENT) }
        for target in Target.allCases {
          for isSix in target == .local ? [false] : [false, true] {
            let servers = target == .hidden ? hidden : front
            let host = isSix ? World.hostAddress6 : World.hostAddress
            let address = target == .front || target == .hidden ? servers.address[isSix] ?? "" : host
            let port: UInt16 = target == .published ? 8080 : target == .local ? 8081 : 80
            let isExpected = reaches.contains(target)
            let cell = "\(from) → \(target.rawValue), \(isSix ? "IPv6" : "IPv4"), \(when)"
            let patience = isExpected ? 2 : 0
            let code = try await run(in: place) { TestSocket(.stream, patience: patience, of: address).connect(address, port) }
            #expect((code == 0) == isExpected, "\(cell), TCP: \(code)")
            if code == 0 { #expect(servers.stream[isSix]?.socket.acceptedPeer() != nil, "\(cell)") }
            try await run(in: place) {
              let socket = TestSocket(.datagram, of: address)
              _ = socket.connect(address, port)
              socket.send(Array(cell.utf8))
            }
            servers.datagram[isSix]?.socket.setPatience(patience)
            let heard = servers.datagram[isSix]?.socket.receive()
            #expect((heard == Array(cell.utf8)) == isExpected, "\(cell), UDP")
          }
        }
      }
    }

    /// On the host itself when there is no namespace.
    private func run<Value: Sendable>(
      in place: NetworkNamespace?, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
      if let place { try await place.run(body) } else { try body() }
    }
  }
}
