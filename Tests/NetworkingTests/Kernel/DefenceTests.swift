import Glibc
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// Others change the packet filter too (threats S49, R25).
  @Suite struct Defence {
    @Test(arguments: [
      ["flush", "ruleset"], ["delete", "table", "inet", "muster_test"], ["flush", "chain", "inet", "muster_test", "forward"],
      ["add", "rule", "inet", "muster_test", "forward", "accept"], ["flush", "set", "inet", "muster_test", "bridges"],
      ["flush", "table", "inet", "muster_test"],
    ])
    func whatOthersDoToTheTableIsUndone(command: [String]) async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        _ = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        let server = try await web.namespace.listen(80)
        // Its own changes are no reason.
        #expect(try await world.networking.defendFirewall() == false)
        let before = try await run("nft", "list", "ruleset").expect().output
        try await run(["nft"] + command).expect()
        #expect(try await run("nft", "list", "ruleset").expect().output != before)
        #expect(try await world.networking.defendFirewall())
        #expect(try await run("nft", "list", "ruleset").expect().output == before)
        #expect(try await world.networking.defendFirewall() == false)
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
      }
    }

    /// What Docker and ufw do: everything that they do not know is dropped, but for what a chain for others lets through.
    @Test(arguments: ["DOCKER-USER", "ufw-user-forward"]) func othersThatDropWhatTheyForwardAreAsked(room: String) async throws {
      try await World.play { world in
        func nft(_ words: String) async throws { try await run("nft", words).expect() }
        func rules() async throws -> [Substring] {
          try await run("nft", "list", "chain", "ip", "filter", room).expect().lines.filter { $0.contains("accept") }
        }
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        _ = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        let (server, page) = try await (web.namespace.listen(80), world.outside.listen(80))
        // It starts after the engine.
        try await nft("add table ip filter")
        try await nft("add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }")
        #expect(try await world.outside.connect(World.hostAddress, 8080, patience: 1) != 0)
        try await nft("add chain ip filter \(room)")
        try await nft("add rule ip filter FORWARD jump \(room)")
        try await nft("add rule ip filter \(room) return")
        _ = try await world.networking.defendFirewall()
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        #expect(try await web.namespace.connect(World.outsideAddress, 80) == 0)
        #expect(page.socket.acceptedPeer() == World.hostAddress)
        let own = try await rules()
        #expect(own.count == 2, "\(own)")
        // Asked again, there is nothing to do; a bridge with a name of its own is let be too.
        _ = try await world.networking.defendFirewall()
        #expect(try await rules() == own)
        var named = Network(key: "named", name: "shop_named")
        var options = BridgeOptions()
        options.name = "br-own"
        named.bridge = options
        _ = try await world.networking.create(named, project: nil)
        #expect(try await rules().count == 4)
        try await world.networking.remove(named.name)
        #expect(try await rules().count == 2)
        if try await run("sh", "-c", "command -v iptables-nft").status == 0 {
          #expect(try await run("iptables-nft", "-S", room).expect().output.contains("-j ACCEPT"))
        }
        // What goes to Docker's own networks is not let in by that.
        try await run("ip", "link", "add", "br-1234567890ab", "type", "bridge").expect()
        try await run("ip", "addr", "add", "198.51.100.1/24", "dev", "br-1234567890ab").expect()
        let docker = try await NetworkNamespace()
        try await run("ip", "link", "add", "dv0", "type", "veth", "peer", "name", "eth0", "netns", "\(docker.pid)").expect()
        try await run("ip", "link", "set", "dv0", "master", "br-1234567890ab", "up").expect()
        try await run("ip", "link", "set", "br-1234567890ab", "up").expect()
        try await docker.run {
          for command in ["ip addr add 198.51.100.2/24 dev eth0", "ip link set eth0 up", "ip route add default via 198.51.100.1"] {
            #expect(system(command) == 0, "\(command)")
          }
        }
        let foreign = try await docker.listen(80)
        #expect(try await web.namespace.connect("198.51.100.2", 80, patience: 1) == EINPROGRESS)
        #expect(TestSocket(.stream).connect("198.51.100.2", 80) == 0)
        withExtendedLifetime(foreign) {}
        try await run("ip", "link", "delete", "br-1234567890ab").expect()
        try await run("ip", "link", "delete", "dv0").expect()
        // What Muster's own table forbids stays forbidden.
        #expect(try await world.outside.connect(web.address, 80, patience: 1) != 0)
        await world.networking.withdraw(web.id)
        try await world.networking.remove(front)
        #expect(try await rules() == [])
        try await nft("delete table ip filter")
      }
    }

    /// ufw drops what comes in: questions of names come to the host, and nothing else of containers does.
    @Test func namesAreAnsweredBehindOthersThatDropWhatComesIn() async throws {
      try await World.play { world in
        func nft(_ words: String) async throws { try await run("nft", words).expect() }
        let front = try await world.network("shop_front")
        let (web, client) = try await (world.container("web", on: front, service: "web"), world.container("client", on: front))
        try await nft("add table ip filter")
        try await nft("add chain ip filter INPUT { type filter hook input priority 0; policy drop; }")
        let question = query("web")
        let gateway = web.endpoints[0].gateway
        #expect(try await client.namespace.ask(gateway, question, attempts: 1) == nil)
        try await nft("add chain ip filter ufw-user-input")
        try await nft("add rule ip filter INPUT jump ufw-user-input")
        _ = try await world.networking.defendFirewall()
        #expect(try await client.namespace.ask(gateway, question) != nil)
        #expect(try await client.namespace.ask(gateway, question, .stream) != nil)
        let server = try Listener(.stream, "0.0.0.0", port: 2222)
        #expect(try await client.namespace.connect(gateway, 2222, patience: 1) != 0)
        withExtendedLifetime(server) {}
        if try await run("sh", "-c", "command -v iptables-nft").status == 0 {
          let rules = try await run("iptables-nft", "-S", "ufw-user-input").expect().lines.filter { $0.contains("ACCEPT") }
          #expect(rules.count == 1 && rules.allSatisfy { $0.contains("--ctstate DNAT") }, "\(rules)")
        }
        for container in [web, client] { await world.networking.withdraw(container.id) }
        try await world.networking.remove(front)
        #expect(try await run("nft", "list", "chain", "ip", "filter", "ufw-user-input").expect().output.contains("accept") == false)
        try await nft("delete table ip filter")
      }
    }

    @Test func othersTablesAreTheirs() async throws {
      try await World.play { world in
        _ = try await world.network("shop_front")
        _ = try await world.networking.defendFirewall()
        try await run("nft", "add", "table", "inet", "somebody").expect()
        #expect(try await world.networking.defendFirewall() == false)
        try await run("nft", "delete", "table", "inet", "somebody").expect()
        #expect(try await world.networking.defendFirewall() == false)
      }
    }
  }
}
