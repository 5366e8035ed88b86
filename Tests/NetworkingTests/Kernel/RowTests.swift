import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// What networks are held to (S49, S50, R24, R25 of the threats).
  @Suite struct Rows {
    /// S49: of all ports of the host, from outside those are open that were published, and what comes with a loopback address is not let in.
    @Test func aScanFindsOnlyWhatIsPublished() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front", ipv6: .init())
        let web = try await world.container("web", on: front)
        let servers = try await (web.namespace.listen(80), web.namespace.listen(80, on: "::"), web.namespace.listen(53, .datagram))
        var filtered = PortMapping(published: 8443, target: 80)
        filtered.firewall = .host
        _ = try await world.networking.publish(
          web.id,
          ports: [
            PortMapping(published: 8080, target: 80), PortMapping(hostAddress: "127.0.0.1", published: 8081, target: 80),
            PortMapping(hostAddress: "::1", published: 8082, target: 80), filtered,
            PortMapping(published: 5300, target: 53, transport: .udp),
          ], endpoints: web.endpoints)
        for address in [World.hostAddress, World.hostAddress6] {
          let open = try await world.outside.run {
            (1...65_535).filter { TestSocket(.stream, patience: 1, of: address).connect(address, UInt16($0)) == 0 }
          }
          #expect(open == [8080, 8443], "\(address)")
        }
        // A datagram that says it comes from 127.0.0.1.
        servers.2.socket.setPatience(1)
        try await world.outside.run {
          #expect(system("sysctl -qw net.ipv4.conf.all.route_localnet=1") == 0)
          for (source, number) in [("127.0.0.1", UInt8(1)), (World.outsideAddress, 2)] {
            let spoofed = TestSocket(.datagram)
            #expect(spoofed.bind(source, 0) == 0)
            _ = spoofed.connect(World.hostAddress, 5300)
            spoofed.send([number])
          }
        }
        #expect(servers.2.socket.receive() == [2])
        withExtendedLifetime(servers) {}
      }
    }

    /// S50: whatever who is on an internal network sends, no packet leaves the host, and the host believes nothing of it.
    @Test func nothingLeavesAnInternalNetwork() async throws {
      try await World.play { world in
        let hidden = try await world.network("shop_hidden", isInternal: true, ipv6: .init())
        let vault = try await world.container("vault", on: hidden)
        let place = vault.endpoints[0]
        let gateway = try #require(IPAddress(place.gateway)), gateway6 = try #require(IPAddress(place.ipv6?.gateway ?? ""))
        // What is forwarded outwards, and what the host itself asks outside for names.
        for words in [
          "add table inet watch", "add chain inet watch forwarded { type filter hook forward priority 1000; }",
          "add chain inet watch asked { type filter hook output priority 1000; }", "add rule inet watch forwarded oifname out0 counter",
          "add rule inet watch asked oifname out0 udp dport 53 counter",
        ] { try await run("nft", words).expect() }
        func sent() async throws -> Int {
          let rules = try await run("nft", "list", "table", "inet", "watch").expect().lines.filter { $0.contains("counter") }
          return rules.count - rules.filter { $0.contains("packets 0") }.count
        }
        // Ways out, and what comes of advertisements; the host's own addresses of the link come when they come.
        func routes() async throws -> [Substring] {
          let lists = try await [run("ip", "-6", "route", "show", "table", "all").expect(), run("ip", "route", "show", "table", "all").expect()]
          let addresses = try await run("ip", "-brief", "address").expect().lines
          return (lists.flatMap(\.lines) + addresses).filter { line in
            ["default", "proto ra", "2001:db8:bad0"].contains { line.contains($0) }
          }
        }
        // The neighbours know each other, so that nobody asks for one in the meantime.
        #expect(try await world.outside.connect(World.hostAddress, 1) == ECONNREFUSED)
        let before = try await (sent(), routes())
        let question = query("canary.example")
        try await vault.namespace.run {
          // Ways out of its own making.
          var socket = try RouteSocket()
          try socket.addDefaultRoute(gateway: gateway)
          try? socket.addDefaultRoute(gateway: gateway6)
          for address in [World.outsideAddress, World.outsideAddress6, "198.51.100.1", "203.0.113.255"] {
            for port: UInt16 in [53, 80, 5353] {
              let datagram = TestSocket(.datagram, of: address)
              _ = datagram.connect(address, port)
              datagram.send(question)
              _ = TestSocket(.stream, patience: 0, of: address).connect(address, port)
            }
          }
          // A router's advertisement: a prefix, and itself as the way out (RFC 4861, 4.2).
          let raw = socket6()
          var advertisement: [UInt8] = [134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0]
          advertisement += [3, 4, 64, 0xC0, 0, 0, 0x0E, 0x10, 0, 0, 0x0E, 0x10, 0, 0, 0, 0]
          advertisement += [0x20, 0x01, 0x0D, 0xB8, 0xBA, 0xD0] + [UInt8](repeating: 0, count: 10)
          raw.sendToAllNodes(advertisement)
        }
        let answer = Answer(try await vault.namespace.ask(place.gateway, question))
        #expect(answer?.code == 3)
        // What would have come is there by then.
        try await Task.sleep(for: .milliseconds(300))
        let after = try await (sent(), routes())
        #expect(before.0 == 0 && after.0 == 0)
        #expect(after.1 == before.1)
        // It counts what goes out.
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        #expect(try await web.namespace.connect(World.outsideAddress, 1) == ECONNREFUSED)
        #expect(try await sent() == 1)
        try await run("nft", "delete", "table", "inet", "watch").expect()
      }
    }

    /// R24: what fails half way leaves nothing, and who asks at the same moment is told.
    @Test func aConflictLeavesNothing() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front", ipv6: .init())
        let (web, other) = try await (world.container("web", on: front), world.container("other", on: front))
        let before = try await run("nft", "list", "ruleset").expect().output
        let range = (8000...8020).map { PortMapping(published: UInt16($0), target: 80) }
        do {
          let taken = [try Listener(.stream, "0.0.0.0", port: 8020), try Listener(.stream, "::", port: 8019)]
          for ports in [range, range.dropLast()] {
            await #expect(throws: PortConflict.self) {
              _ = try await world.networking.publish(web.id, ports: Array(ports), endpoints: web.endpoints)
            }
            #expect(try await run("nft", "list", "ruleset").expect().output == before)
            for address in ["0.0.0.0", "::"] { #expect(TestSocket(.stream, of: address).bind(address, 8000) == 0) }
          }
          withExtendedLifetime(taken) {}
        }
        // The same number of the other transport is another port.
        let datagrams = PortMapping(published: 8000, target: 80, transport: .udp)
        _ = try await world.networking.publish(other.id, ports: [datagrams], endpoints: other.endpoints)
        _ = try await world.networking.publish(web.id, ports: range, endpoints: web.endpoints)
        await world.networking.withdraw(web.id)
        await world.networking.withdraw(other.id)
        // Two at once: one gets it.
        async let first = try? world.networking.publish(web.id, ports: range, endpoints: web.endpoints)
        async let second = try? world.networking.publish(other.id, ports: range, endpoints: other.endpoints)
        let got = await [first, second]
        #expect(got.compactMap { $0 }.count == 1)
        for container in [web, other] { await world.networking.withdraw(container.id) }
        #expect(try await run("nft", "list", "ruleset").expect().output == before)
      }
    }

    /// R25: a hundred times everybody's rules are gone, and a hundred times they are there again.
    @Test func aHundredFlushes() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front", ipv6: .init())
        let web = try await world.container("web", on: front)
        _ = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        let before = try await run("nft", "list", "ruleset").expect().output
        for round in 0..<100 {
          try await run("nft", "flush", "ruleset").expect()
          #expect(try await world.networking.defendFirewall(), "\(round)")
        }
        #expect(try await run("nft", "list", "ruleset").expect().output == before)
      }
    }
  }

  /// 200 services on 20 networks: each finds and reaches those of its own network, and no other.
  @Suite struct Many {
    @Test func eachFindsItsOwn() async throws {
      try await World.play { world in
        var networks: [[World.Container]] = []
        for number in 0..<20 {
          let name = try await world.network("shop_n\(number)")
          var containers: [World.Container] = []
          for service in 0..<10 {
            let container = try await world.container("c\(number)-\(service)", on: name, service: ServiceName("s\(number)-\(service)"))
            containers.append(container)
          }
          networks.append(containers)
        }
        let servers = try await networks.flatMap { $0 }.asyncMap { try await $0.namespace.listen(80) }
        let addresses = networks.map { $0.map(\.address) }
        var wrong: [String] = []
        for (own, containers) in networks.enumerated() {
          wrong += try await withThrowingTaskGroup(of: [String].self) { group in
            for (place, container) in containers.enumerated() {
              group.addTask { try await Self.look(around: container, own, place, addresses) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
          }
          // The kernel knows 1,024 neighbours at most, those of all containers together.
          for container in containers { try await container.namespace.run { #expect(system("ip neigh flush all") == 0) } }
        }
        #expect(wrong == [])
        withExtendedLifetime(servers) {}
      }
    }

    /// What a container finds and reaches that it should not, or does not that it should.
    private static func look(
      around container: World.Container, _ own: Int, _ place: Int, _ addresses: [[String]]
    ) async throws -> [String] {
      var wrong: [String] = []
      let server = container.endpoints[0].gateway
      for (number, others) in addresses.enumerated() {
        for (service, address) in others.enumerated() where own == number || (own + place + service) % 10 == 0 {
          let found = Answer(try await container.namespace.ask(server, query("s\(number)-\(service)")))?.addresses ?? ["none"]
          if found != (own == number ? [address] : []) { wrong.append("c\(own)-\(place) finds s\(number)-\(service): \(found)") }
          guard own == number || service == place else { continue }
          let code = try await container.namespace.connect(address, 80, patience: own == number ? 5 : 0)
          if (code == 0) != (own == number) { wrong.append("c\(own)-\(place) → s\(number)-\(service): \(code)") }
        }
      }
      return wrong
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async throws -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}

/// A raw ICMPv6 socket; the kernel fills in the checksum.
private func socket6() -> RawSocket { RawSocket() }

private struct RawSocket: ~Copyable {
  private let number = socket(AF_INET6, Int32(SOCK_RAW.rawValue), 58)
  deinit { close(number) }

  func sendToAllNodes(_ bytes: [UInt8]) {
    var hops: Int32 = 255
    setsockopt(number, 41, 18, &hops, 4)  // IPV6_MULTICAST_HOPS
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_scope_id = if_nametoindex("eth0")
    withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: [0xFF, 2] + [UInt8](repeating: 0, count: 13) + [1]) }
    let sent = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(number, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
    #expect(sent == bytes.count, "\(errno)")
  }
}
