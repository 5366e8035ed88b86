import Glibc
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// Where the kernel leads nothing to a container, the engine does: from IPv6 to one that has only IPv4, and from ::1.
  @Suite struct Relays {
    private static let six = World.hostAddress6

    /// Says something from the host, and hears what the server makes of it.
    private static func talk(_ address: String, _ port: UInt16, _ server: Listener) async throws -> [UInt8]? {
      let client = TestSocket(.stream, of: address)
      guard client.connect(address, port) == 0 else { return nil }
      async let served: Void = startedThread {
        let number = accept(server.socket.number, nil, nil)
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = recv(number, &buffer, buffer.count, 0)
        _ = send(number, Array(buffer.prefix(max(0, count)).reversed()), max(0, count), Int32(MSG_NOSIGNAL))
        close(number)
      }
      client.send([1, 2, 3])
      let answer = client.receive()
      await served
      return answer
    }

    private static func startedThread(_ body: @escaping @Sendable () -> Void) async {
      await withCheckedContinuation { continuation in
        startThread {
          body()
          continuation.resume()
        }
      }
    }

    @Test func aContainerWithoutIPv6IsReachedByIt() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = try await web.namespace.listen(80)
        _ = try await world.networking.publish(
          web.id,
          ports: [
            PortMapping(published: 8080, target: 80), PortMapping(hostAddress: "::1", published: 8081, target: 80),
            PortMapping(hostAddress: Self.six, published: 8082, target: 80), PortMapping(hostAddress: "127.0.0.1", published: 8083, target: 80),
            PortMapping(published: nil, target: 80),
          ], endpoints: web.endpoints)
        for (address, port) in [("::1", 8080), (Self.six, 8080), ("::1", 8081), (Self.six, 8082)] as [(String, UInt16)] {
          #expect(try await Self.talk(address, port, server) == [3, 2, 1], "\(address) \(port)")
        }
        #expect(try await world.outside.connect(Self.six, 8080) == 0)
        #expect(server.socket.acceptedPeer() == web.endpoints[0].gateway)
        // IPv4 is the kernel's still, and no more is open than was asked.
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        for port: UInt16 in [8081, 8083] { #expect(try await world.outside.connect(Self.six, port) == ECONNREFUSED, "\(port)") }
        #expect(TestSocket(.stream, of: "::1").connect("::1", 8083) == ECONNREFUSED)
        #expect(TestSocket(.stream, of: "::1").connect("::1", 8082) == ECONNREFUSED)
        await world.networking.withdraw(web.id)
        #expect(TestSocket(.stream, of: "::1").connect("::1", 8080) == ECONNREFUSED)
        // At once somebody else can have it, also while what it has carried is open.
        let other = TestSocket(.stream, of: "::")
        #expect(other.bind("::", 8080, reusing: true) == 0 && other.listen() == 0)
      }
    }

    /// One of several ports: the first that nobody has, and an error when all are taken.
    @Test func oneOfSeveralPortsIsTaken() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = try await web.namespace.listen(80)
        let taken = try Listener(.stream, "0.0.0.0", port: 8000)
        var mapping = PortMapping(published: nil, target: 80)
        mapping.choices = 8000...8001
        let ports = try await world.networking.publish(web.id, ports: [mapping], endpoints: web.endpoints)
        #expect(ports.map(\.published) == [8001])
        #expect(try await world.outside.connect(World.hostAddress, 8001) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        let other = try await world.container("other", on: front)
        await #expect {
          try await world.networking.publish(other.id, ports: [mapping], endpoints: other.endpoints)
        } throws: {
          "\($0)".contains("ports 8000-8001/tcp are all taken")
        }
        withExtendedLifetime(taken) {}
      }
    }

    /// Those of an internal network get nowhere by a relay that they would not get by the kernel.
    @Test func internalNetworksStaySo() async throws {
      try await World.play { world in
        let (front, six) = try await (world.network("shop_front"), world.network("shop_six", ipv6: .init()))
        let hidden = try await world.network("shop_hidden", isInternal: true, ipv6: .init())
        let web = try await world.container("web", on: front)
        let (vault, other) = try await (world.container("vault", on: hidden), world.container("other", on: six))
        let server = try await web.namespace.listen(80)
        _ = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        let gateway = try #require(vault.endpoints[0].ipv6?.gateway)
        _ = try await vault.namespace.connect(gateway, 8080)
        server.socket.setPatience(1)
        #expect(server.socket.acceptedPeer() == nil)
        #expect(try await other.namespace.connect(Self.six, 8080) == 0)
        #expect(server.socket.acceptedPeer() != nil)
      }
    }

    /// Replicas take turns, those that are not ready get nothing; a port that moves does so here too.
    @Test func replicasTakeTurns() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let (one, two) = try await (world.container("one", on: front), world.container("two", on: front))
        let servers = try await [one.namespace.listen(80), two.namespace.listen(80)]
        for container in [one, two] {
          _ = try await world.networking.publish(
            container.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: container.endpoints, group: "shop-web")
        }
        for server in servers { server.socket.setPatience(3) }
        func rounds() -> [Bool] {
          for _ in 0..<4 { #expect(TestSocket(.stream, of: "::1").connect("::1", 8080) == 0) }
          return servers.map { $0.socket.acceptedPeer() != nil }
        }
        #expect(rounds() == [true, true])
        while servers.contains(where: { $0.socket.acceptedPeer() != nil }) {}
        await world.networking.setNames(EndpointNames(container: one.id, endpoints: one.endpoints, name: "one", isReady: false))
        #expect(rounds() == [false, true])
        while servers.contains(where: { $0.socket.acceptedPeer() != nil }) {}
        await world.networking.withdraw(two.id)
        #expect(rounds() == [true, false])
      }
    }

    /// The rules of what comes in decide here as for every program that listens.
    @Test func theHostsRulesDecide() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = try await web.namespace.listen(80)
        _ = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        try await run("nft", "add table inet own").expect()
        try await run("nft", "add chain inet own input { type filter hook input priority 0; }").expect()
        try await run("nft", "add rule inet own input iifname out0 tcp dport 8080 drop").expect()
        #expect(try await world.outside.connect(Self.six, 8080, patience: 1) != 0)
        #expect(TestSocket(.stream, of: "::1").connect("::1", 8080) == 0)
        #expect(server.socket.acceptedPeer() != nil)
        try await run("nft", "delete table inet own").expect()
      }
    }
  }
}
