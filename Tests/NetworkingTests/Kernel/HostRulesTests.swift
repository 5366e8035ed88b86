import Glibc
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// Published ports behind the host's own rules of what comes in (moby/moby 22054).
  @Suite struct HostRules {
    private static let configuration = NetworkingConfiguration(suffix: "test", portsFirewall: .host)

    /// A host's own rules, as somebody would write them with nft, or iptables-nft does it.
    private static func withRules(_ policy: String, _ body: (_ add: (String) async throws -> Void) async throws -> Void) async throws {
      func nft(_ words: String) async throws { try await run("nft", words).expect() }
      try await nft("add table inet own")
      try await nft("add chain inet own input { type filter hook input priority 0; policy \(policy); }")
      try await nft("add rule inet own input iifname lo accept")
      try await nft("add rule inet own input ct state established,related accept")
      try await nft("add rule inet own input meta l4proto ipv6-icmp accept")
      var failure: (any Error)?
      do { try await body(nft) } catch { failure = error }
      try await nft("delete table inet own")
      if let failure { throw failure }
    }

    @Test func whatTheHostDropsIsNotReached() async throws {
      try await World.play(Self.configuration) { world in
        let front = try await world.network("shop_front", ipv6: IPAMConfig())
        let web = try await world.container("web", on: front)
        let neighbour = try await world.container("neighbour", on: front)
        let (server, server6) = try await (web.namespace.listen(80), web.namespace.listen(80, on: "::"))
        let ports = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        #expect(ports == [PortMapping(published: 8080, target: 80)])
        try await Self.withRules("drop") { (add) async throws in
          #expect(try await world.outside.connect(World.hostAddress, 8080, patience: 1) == EINPROGRESS)
          #expect(try await world.outside.connect(World.hostAddress6, 8080, patience: 1) == EINPROGRESS)
          // The host itself, and its containers, come to it as ever.
          #expect(TestSocket(.stream).connect("127.0.0.1", 8080) == 0)
          #expect(server.socket.acceptedPeer() == web.endpoints[0].gateway)
          #expect(try await neighbour.namespace.connect(World.hostAddress, 8080) == 0)
          #expect(server.socket.acceptedPeer() != nil)
          // The published port decides, not the container's.
          try await add("add rule inet own input tcp dport 80 accept")
          #expect(try await world.outside.connect(World.hostAddress, 8080, patience: 1) == EINPROGRESS)
          try await add("add rule inet own input ip saddr \(World.outsideAddress) tcp dport 8080 accept")
          #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
          #expect(server.socket.acceptedPeer() == World.outsideAddress)
          #expect(try await world.outside.connect(World.hostAddress6, 8080, patience: 1) == EINPROGRESS)
          try await add("add rule inet own input iifname out0 tcp dport 8080 accept")
          #expect(try await world.outside.connect(World.hostAddress6, 8080) == 0)
          #expect(server6.socket.acceptedPeer() == World.outsideAddress6)
        }
      }
    }

    /// A refusal is the host's too, and comes as the host writes it; what it lets in is reached.
    @Test func whatTheHostRejectsIsRefused() async throws {
      try await World.play(Self.configuration) { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = try await web.namespace.listen(80)
        _ = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        try await Self.withRules("accept") { (add) async throws in
          #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
          #expect(server.socket.acceptedPeer() == World.outsideAddress)
          try await add("add rule inet own input tcp dport 8080 reject with tcp reset")
          #expect(try await world.outside.connect(World.hostAddress, 8080) == ECONNREFUSED)
        }
        await world.networking.withdraw(web.id)
        #expect(try await world.outside.connect(World.hostAddress, 8080) == ECONNREFUSED)
      }
    }

    @Test func datagramsAreAskedForToo() async throws {
      try await World.play(Self.configuration) { world in
        let front = try await world.network("shop_front")
        let server = try await world.container("dns", on: front)
        let socket = try await server.namespace.listen(5353, .datagram)
        _ = try await world.networking.publish(
          server.id, ports: [PortMapping(published: 5300, target: 5353, transport: .udp)], endpoints: server.endpoints)
        func ask(_ number: UInt8) async throws -> [UInt8]? {
          let client = try await world.outside.run { () -> Listener in
            let client = try Listener(.datagram, World.outsideAddress, port: 6000 + UInt16(number))
            _ = client.socket.connect(World.hostAddress, 5300)
            client.socket.send([number])
            return client
          }
          defer { withExtendedLifetime(client) {} }
          return socket.socket.receive()
        }
        try await Self.withRules("drop") { (add) async throws in
          #expect(try await ask(1) == nil)
          try await add("add rule inet own input udp dport 5300 accept")
          #expect(try await ask(2) == [2])
        }
      }
    }

    /// One stack says it, another does not; a port changes from one to the other, and a new engine finds it so.
    @Test func eachPortHasItsOwn() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let (open, closed) = try await (world.container("open", on: front), world.container("closed", on: front))
        let servers = try await (open.namespace.listen(80), closed.namespace.listen(80))
        _ = try await world.networking.publish(open.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: open.endpoints)
        var port = PortMapping(hostAddress: World.hostAddress, published: 8081, target: 80)
        port.firewall = .host
        var ports = try await world.networking.publish(closed.id, ports: [port], endpoints: closed.endpoints)
        #expect(ports == [port])
        try await Self.withRules("drop") { (_) async throws in
          #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
          #expect(servers.0.socket.acceptedPeer() == World.outsideAddress)
          #expect(try await world.outside.connect(World.hostAddress, 8081, patience: 1) == EINPROGRESS)
          port.firewall = nil
          ports = try await world.networking.republish(closed.id, ports: [port], endpoints: closed.endpoints)
          #expect(try await world.outside.connect(World.hostAddress, 8081) == 0)
          #expect(servers.1.socket.acceptedPeer() == World.outsideAddress)
          port.firewall = .host
          ports = try await world.networking.republish(closed.id, ports: [port], endpoints: closed.endpoints)
          #expect(try await world.outside.connect(World.hostAddress, 8081, patience: 1) == EINPROGRESS)
          // Somebody takes the interfaces away, and everybody's rules of the family: it is as it was, or nothing at all gets through.
          try await run("ip", "link", "delete", KernelNames(suffix: "test").loop.near).expect()
          #expect(try await world.networking.repair().isFilterRestored)
          try await run("nft", "delete", "table", "ip", "muster_test").expect()
          #expect(try await world.outside.connect(World.hostAddress, 8081, patience: 1) != 0)
          #expect(try await world.networking.defendFirewall())
          #expect(try await world.outside.connect(World.hostAddress, 8081, patience: 1) == EINPROGRESS)
        }
        #expect(try await world.outside.connect(World.hostAddress, 8081) == 0)
        #expect(servers.1.socket.acceptedPeer() == World.outsideAddress)
      }
    }

    /// What an engine leaves behind, the next one takes over: connections go on, and the rules still decide.
    @Test func theNextEngineHasThemToo() async throws {
      try await World.play(Self.configuration) { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = try await web.namespace.listen(80)
        let ports = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        let records = await world.networking.records
        await world.networking.close()
        // While no engine runs.
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        let second = try Networking(Self.configuration)
        let container = RestoredContainer(id: web.id, endpoints: web.endpoints, ports: ports, names: nil)
        #expect(try await second.restore(networks: records, containers: [container]) == [])
        try await Self.withRules("drop") { (add) async throws in
          #expect(try await world.outside.connect(World.hostAddress, 8080, patience: 1) == EINPROGRESS)
          try await add("add rule inet own input tcp dport 8080 accept")
          #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
          #expect(server.socket.acceptedPeer() == World.outsideAddress)
        }
        await second.close()
        // One that lets all ports be open takes the rest away.
        let third = try Networking(NetworkingConfiguration(suffix: "test"))
        #expect(try await third.restore(networks: records, containers: [container]) == [])
        #expect(try await run("nft", "list", "tables").expect().output.contains("table ip muster_test") == false)
        #expect(try await run("ip", "-brief", "link").expect().output.contains(KernelNames(suffix: "test").loop.near) == false)
        try await Self.withRules("drop") { (_) async throws in
          #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
          #expect(server.socket.acceptedPeer() == World.outsideAddress)
        }
        await third.removeEverything()
      }
    }
  }
}
