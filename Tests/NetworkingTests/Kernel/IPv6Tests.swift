import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  @Suite struct IPv6 {
    private let host = World.hostAddress6

    private func parameter(_ name: String) async throws -> String {
      try await String(run("sysctl", "-n", name).expect().output.prefix { $0 != "\n" })
    }

    @Test func containersReachEachOtherAndTheOutside() async throws {
      try await World.play { world in
        let (front, back) = try await (world.network("shop_front", ipv6: .init()), world.network("shop_back", ipv6: .init()))
        let hidden = try await world.network("shop_hidden", isInternal: true, ipv6: .init())
        let (web, db) = try await (world.container("web", on: front), world.container("db", on: front))
        let stranger = try await world.container("stranger", on: back)
        let vault = try await world.container("vault", on: hidden)
        #expect(web.address6.hasPrefix("fd") && web.address6 != db.address6)
        let server = try await db.namespace.listen(3306, on: "::")
        #expect(try await web.namespace.connect(db.address6, 3306) == 0)
        #expect(server.socket.acceptedPeer() == web.address6)
        // Outwards, with the host's address.
        let page = try await world.outside.listen(80, on: "::")
        #expect(try await web.namespace.connect(World.outsideAddress6, 80) == 0)
        #expect(page.socket.acceptedPeer() == host)
        // Other networks do not reach it, nor does a neighbour that knows the way.
        #expect(try await stranger.namespace.connect(db.address6, 3306, patience: 1) != 0)
        let way = try #require(IPAddress(host))
        try await world.outside.run {
          var socket = try RouteSocket(); try socket.addDefaultRoute(gateway: way)
        }
        #expect(try await world.outside.connect(db.address6, 3306, patience: 1) != 0)
        // An internal network has no way out, also not with a route of its own making.
        #expect(vault.endpoints.defaultGateway6 == nil)
        #expect(try await vault.namespace.connect(World.outsideAddress6, 80, patience: 1) == ENETUNREACH)
        let gateway = try #require(vault.endpoints[0].ipv6.flatMap { IPAddress($0.gateway) })
        try await vault.namespace.run {
          var socket = try RouteSocket(); try socket.addDefaultRoute(gateway: gateway)
        }
        #expect(try await vault.namespace.connect(World.outsideAddress6, 80, patience: 1) == EINPROGRESS)
      }
    }

    @Test(arguments: ["0", "1"]) func aPublishedPortIsReachableFromEverywhere(bridgeFilter: String) async throws {
      try await World.play { world in
        _ = try await run("sysctl", "-qw", "net.bridge.bridge-nf-call-ip6tables=\(bridgeFilter)")
        let (front, back) = try await (world.network("shop_front", ipv6: .init()), world.network("shop_back", ipv6: .init()))
        let web = try await world.container("web", on: front)
        let neighbour = try await world.container("neighbour", on: front)
        let stranger = try await world.container("stranger", on: back)
        let server = try await web.namespace.listen(80, on: "::")
        let server4 = try await web.namespace.listen(80)
        let ports = try await world.networking.publish(
          web.id,
          ports: [
            PortMapping(published: 8080, target: 80), PortMapping(hostAddress: host, published: 8081, target: 80),
            PortMapping(hostAddress: "::", published: 8082, target: 80), PortMapping(hostAddress: "0.0.0.0", published: 8083, target: 80),
            PortMapping(published: nil, target: 80),
          ], endpoints: web.endpoints)
        #expect(try await world.outside.connect(host, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress6)
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server4.socket.acceptedPeer() == World.outsideAddress)
        for port: UInt16 in [8080, 8081, 8082, ports[4].published ?? 0] {
          #expect(TestSocket(.stream, of: host).connect(host, port) == 0, "\(port)")
          #expect(server.socket.acceptedPeer() == host)
        }
        // From ::1 the engine relays, to the address that it can.
        #expect(TestSocket(.stream, of: "::1").connect("::1", 8080) == 0)
        #expect(server4.socket.acceptedPeer() == web.endpoints[0].gateway)
        for container in [neighbour, stranger, web] {
          #expect(try await container.namespace.connect(host, 8080) == 0, "\(container.id)")
          #expect(server.socket.acceptedPeer() != nil)
        }
        // What is of one family or of one address is nothing else's.
        #expect(try await world.outside.connect(World.hostAddress, 8081, patience: 1) == ECONNREFUSED)
        #expect(try await world.outside.connect(host, 8083, patience: 1) == ECONNREFUSED)
        #expect(try await world.outside.connect(World.hostAddress, 8082, patience: 1) == ECONNREFUSED)
        #expect(TestSocket(.stream, of: "::").bind("::", 8080) == EADDRINUSE)
        await world.networking.withdraw(web.id)
        #expect(try await world.outside.connect(host, 8080) == ECONNREFUSED)
      }
    }

    @Test func portsOfAFamilyThatIsNotThereAreRefused() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        await #expect {
          try await world.networking.publish(
            web.id, ports: [PortMapping(hostAddress: host, published: 8080, target: 80, transport: .udp)], endpoints: web.endpoints)
        } throws: {
          "\($0)".contains("enable_ipv6")
        }
        let six = try await world.network("shop_six", ipv6: .init(), hasNoIPv4: true)
        let other = try await world.container("other", on: six)
        await #expect {
          try await world.networking.publish(
            other.id, ports: [PortMapping(hostAddress: "::1", published: 8080, target: 80, transport: .udp)], endpoints: other.endpoints)
        } throws: {
          "\($0)".contains("publish on 127.0.0.1")
        }
        // Only IPv6 has the port: somebody else's server is told.
        let taken = TestSocket(.stream, of: "::")
        #expect(taken.bind("::", 8090) == 0 && taken.listen() == 0)
        await #expect(throws: PortConflict.self) {
          try await world.networking.publish(other.id, ports: [PortMapping(published: 8090, target: 80)], endpoints: other.endpoints)
        }
      }
    }

    @Test func namesAreAnsweredInBothFamilies() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front", ipv6: IPAMConfig(subnet: "fd00:77::/64"))
        let six = try await world.network("shop_six", ipv6: IPAMConfig(subnet: "fd00:78::/64"), hasNoIPv4: true)
        let (web, db) = try await (world.container("web", on: front), world.container("db", on: front))
        let server = try #require(web.endpoints.nameServer)
        #expect(Answer(try await web.namespace.ask(server, query("db", type: 28)))?.addresses == [db.address6])
        #expect(Answer(try await web.namespace.ask(server, query("db")))?.addresses == [db.address])
        let digits = "3" + String(repeating: ".0", count: 23) + ".7.7.0.0.0.0.d.f.ip6.arpa"
        #expect(Answer(try await web.namespace.ask(server, query(digits, type: 12)))?.name == "db.shop_front")
        // A network without IPv4: the resolver is at the bridge's IPv6 address.
        let (one, two) = try await (world.container("one", on: six), world.container("two", on: six))
        #expect(one.address == "" && one.endpoints.nameServer == "fd00:78::1" && one.endpoints.defaultGateway == nil)
        for kind in [TestSocket.Kind.datagram, .stream] {
          #expect(Answer(try await one.namespace.ask("fd00:78::1", query("two", type: 28), kind))?.addresses == [two.address6])
        }
        #expect(Answer(try await one.namespace.ask("fd00:78::1", query("two")))?.addresses == [])
        // The resolver of a network is nobody else's.
        #expect(try await world.outside.ask(host, query("two"), attempts: 1) == nil)
      }
    }

    /// CVE-2020-13401, CVE-2024-32473.
    @Test func nobodyHasItUnlessAskedAndRoutersAreNotHeard() async throws {
      try await World.play { world in
        try await run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=0", "net.ipv6.conf.out0.accept_ra=1").expect()
        let plain = try await world.network("shop_plain")
        let web = try await world.container("web", on: plain)
        let bridge = web.endpoints[0].bridge
        #expect(try await parameter("net.ipv6.conf.\(bridge).disable_ipv6") == "1")
        #expect(try await parameter("net.ipv6.conf.all.forwarding") == "0")
        #expect(try await !run("nft", "list", "ruleset").expect().output.contains("ip6"))
        let six = try await world.network("shop_six", ipv6: .init())
        let other = try await world.container("other", on: six)
        #expect(try await parameter("net.ipv6.conf.\(other.endpoints[0].bridge).accept_ra") == "0")
        #expect(try await parameter("net.ipv6.conf.all.forwarding") == "1")
        // The host's own uplink goes on to hear its router, although the host forwards now.
        #expect(try await parameter("net.ipv6.conf.out0.accept_ra") == "2")
        #expect(try await run("nft", "list", "ruleset").expect().output.contains("ip6"))
      }
    }

    @Test func theNextEngineTakesOver() async throws {
      try await World.play { world in
        let mapping = PortMapping(published: 8080, target: 80)
        let old = try Networking(NetworkingConfiguration(suffix: "test"))
        let earlier = World(networking: old, outside: world.outside)
        let front = try await earlier.network("shop_front", ipv6: .init())
        let web = try await earlier.container("web", on: front)
        _ = try await old.publish(web.id, ports: [mapping], endpoints: web.endpoints)
        let records = await old.records
        let server = try await web.namespace.listen(80, on: "::")
        await old.close()
        let running = RestoredContainer(id: web.id, endpoints: web.endpoints, ports: [mapping], names: nil)
        #expect(try await world.networking.restore(networks: records, containers: [running]) == [])
        #expect(await world.networking.records == records)
        #expect(try await world.outside.connect(host, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress6)
        #expect(TestSocket(.stream, of: "::").bind("::", 8080) == EADDRINUSE)
        #expect(try await world.networking.reserve(web.id, attachments: [Attachment(network: front)]) == web.endpoints)
      }
    }
  }
}
