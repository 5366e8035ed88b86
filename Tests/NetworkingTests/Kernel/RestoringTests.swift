import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  @Suite struct Restoring {
    private func names(_ container: World.Container, _ name: String) -> EndpointNames {
      EndpointNames(container: container.id, endpoints: container.endpoints, name: name)
    }

    /// An engine that ends without a word, and the one after it.
    @Test func theNextEngineTakesOver() async throws {
      try await World.play { world in
        let mapping = PortMapping(published: 8080, target: 80)
        let old = try Networking(NetworkingConfiguration(suffix: "test"))
        let earlier = World(networking: old, outside: world.outside)
        let (front, gone) = try await (earlier.network("shop_front"), earlier.network("shop_gone"))
        let (web, db) = try await (earlier.container("web", on: front), earlier.container("db", on: front))
        let stray = try await earlier.container("stray", on: gone)
        defer { withExtendedLifetime(stray) {} }
        _ = try await old.publish(web.id, ports: [mapping], endpoints: web.endpoints)
        let record = try #require(await old.records.first { $0.network.name == front })
        let server = try await web.namespace.listen(80)
        await old.close()
        // Without an engine, what is there goes on.
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)

        let problems = try await world.networking.restore(
          networks: [record],
          containers: [
            RestoredContainer(id: web.id, endpoints: web.endpoints, ports: [mapping], names: names(web, "web")),
            RestoredContainer(id: db.id, endpoints: db.endpoints, ports: [], names: names(db, "db")),
          ])
        #expect(problems == [])
        #expect(await world.networking.records == [record])
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        #expect(Answer(try await db.namespace.ask(db.endpoints[0].gateway, query("web")))?.addresses == [web.address])
        #expect(TestSocket(.stream).bind("0.0.0.0", 8080) == EADDRINUSE)
        // Addresses are still theirs, and the network that no record names has gone.
        #expect(try await world.networking.reserve(web.id, attachments: [Attachment(network: front)]) == web.endpoints)
        let links = try await run("ip", "-brief", "link").expect().output
        #expect(!links.contains(KernelNames(suffix: "test").bridge("shop_gone")) && links.contains(record.bridge))
      }
    }

    /// The kernel knows a flow by its two ends: one that went to the last engine's resolver must not go on to a port that is closed now.
    @Test func whoKeepsAskingFromOnePortIsAnsweredByTheNextEngine() async throws {
      try await World.play { world in
        let old = try Networking(NetworkingConfiguration(suffix: "test"))
        let earlier = World(networking: old, outside: world.outside)
        let front = try await earlier.network("shop_front")
        let web = try await earlier.container("web", on: front)
        let asker = try await web.namespace.listen(40053, .datagram)
        #expect(asker.socket.connect(web.endpoints[0].gateway, 53) == 0)
        func ask() -> [String]? {
          for _ in 0..<3 {
            asker.socket.send(query("web"))
            if let answer = Answer(asker.socket.receive()) { return answer.addresses }
          }
          return nil
        }
        #expect(ask() == [web.address])
        let record = try #require(await old.records.first)
        await old.close()
        let kept = RestoredContainer(id: web.id, endpoints: web.endpoints, ports: [], names: names(web, "web"))
        #expect(try await world.networking.restore(networks: [record], containers: [kept]) == [])
        #expect(ask() == [web.address])
        // A network that is made again has the same addresses.
        await world.networking.withdraw(web.id)
        try await world.networking.remove(front)
        let again = try await world.container("web-2", on: world.network("shop_front"))
        try #require(again.address == web.address && again.endpoints[0].gateway == web.endpoints[0].gateway)
        let next = try await again.namespace.listen(40053, .datagram)
        #expect(next.socket.connect(again.endpoints[0].gateway, 53) == 0)
        next.socket.send(query("web-2"))
        #expect(Answer(next.socket.receive())?.addresses == [again.address])
      }
    }

    @Test func anotherEnginesNetworksAreNotTouched() async throws {
      try await World.play { world in
        _ = try await world.network("shop_front")
        let other = try Networking(NetworkingConfiguration(suffix: "other"))
        try await other.restore(networks: [], containers: [])
        let made = try await other.create(Network(key: "default", name: "shop_front"), project: nil)
        let tables = try await run("nft", "list", "tables").expect().lines
        #expect(Set(tables) == ["table inet muster_test", "table inet muster_other"])
        let subnets = await (world.networking.records + [made]).compactMap(\.network.subnet)
        #expect(Set(subnets).count == 2)
        try await other.remove("shop_front")
        await other.close()
        #expect(try await run("nft", "list", "tables").expect().lines == ["table inet muster_test"])
      }
    }

    @Test func enginesThatChooseAtTheSameMomentDoNotShareASubnet() async throws {
      try await World.play { world in
        let engines = try (1...4).map { try Networking(NetworkingConfiguration(suffix: "race\($0)")) }
        for round in 1...6 {
          let name = NetworkName("race_\(round)")
          let subnets = try await withThrowingTaskGroup(of: String?.self) { group in
            for engine in engines {
              group.addTask { try await engine.create(Network(key: "default", name: name), project: nil).network.subnet }
            }
            return try await group.reduce(into: []) { $0.append($1) }
          }
          #expect(Set(subnets).count == engines.count, "\(subnets)")
          for engine in engines { try await engine.remove(name) }
        }
        for engine in engines { await engine.removeEverything() }
      }
    }

    @Test func whatSomebodyDeletedIsMadeAgain() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let (web, db) = try await (world.container("web", on: front), world.container("db", on: front))
        let mapping = PortMapping(published: 8080, target: 80)
        _ = try await world.networking.publish(web.id, ports: [mapping], endpoints: web.endpoints)
        let server = try await web.namespace.listen(80)
        #expect(try await world.networking.repair().isEmpty)

        try await run("nft", "flush", "ruleset").expect()
        #expect(try await world.outside.connect(World.hostAddress, 8080) != 0)
        #expect(try await world.networking.repair().isFilterRestored)
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)

        // A change notices a flush by itself.
        try await run("nft", "flush", "ruleset").expect()
        _ = try await world.networking.publish(db.id, ports: [PortMapping(published: 8081, target: 81)], endpoints: db.endpoints)
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)

        try await run("ip", "link", "delete", web.endpoints[0].bridge).expect()
        #expect(try await db.namespace.connect(web.address, 80, patience: 1) != 0)
        let running = [web, db].map { RestoredContainer(id: $0.id, endpoints: $0.endpoints, ports: [], names: nil) }
        let repair = try await world.networking.repair(containers: running)
        #expect(repair.bridges == ["shop_front"] && Set(repair.replugged.keys) == [web.id, db.id] && repair.unplugged.isEmpty)
        #expect(try await world.networking.repair(containers: running).isEmpty)
        #expect(try await db.namespace.connect(web.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == db.address)
        #expect(Answer(try await db.namespace.ask(db.endpoints[0].gateway, query("web")))?.addresses == [web.address])

        // Who comes onto a network whose bridge has gone makes it again; the others follow when they are looked after.
        try await run("ip", "link", "delete", web.endpoints[0].bridge).expect()
        let late = try await world.container("late", on: front)
        let follow = try await world.networking.repair(containers: running)
        #expect(follow.bridges.isEmpty && Set(follow.replugged.keys) == [web.id, db.id] && follow.unplugged.isEmpty)
        #expect(try await late.namespace.connect(web.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == late.address)
      }
    }

    @Test func aPortThatIsGoneIsAProblemNotAFailure() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let records = await world.networking.records
        let program = try Listener(.stream, port: 8080)
        let next = try Networking(NetworkingConfiguration(suffix: "test"))
        let ports = [PortMapping(published: 8080, target: 80), PortMapping(published: 8081, target: 80)]
        let problems = try await next.restore(
          networks: records, containers: [RestoredContainer(id: web.id, endpoints: web.endpoints, ports: ports, names: nil)])
        #expect(problems.count == 1 && problems[0].contains("8080/tcp is already taken"))
        withExtendedLifetime(program) {}
        let server = try await web.namespace.listen(80)
        #expect(try await world.outside.connect(World.hostAddress, 8081) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        await next.close()
      }
    }

    @Test func networksDoNotOverlapTheHosts() async throws {
      try await World.play { world in
        for name in ["a0", "a1"] { try await run("ip", "link", "add", name, "type", "bridge").expect() }
        try await run("ip", "addr", "add", "172.17.3.1/16", "dev", "a0").expect()
        try await run("ip", "link", "set", "a0", "up").expect()
        try await run("ip", "link", "set", "a1", "up").expect()
        try await run("ip", "route", "add", "172.18.0.0/20", "dev", "a1").expect()
        _ = try await world.network("shop_front")
        #expect(await world.networking.records.map(\.network.subnet) == ["172.18.16.0/20"])
        await #expect(
          throws: NetworkingError.subnetTaken(network: "x", subnet: "172.18.4.0/24", by: "the host's route to 172.18.0.0/20 by a1")
        ) {
          _ = try await world.network("x", subnet: "172.18.4.0/24")
        }
        await #expect(throws: NetworkingError.subnetTaken(network: "x", subnet: "172.18.17.0/24", by: "network shop_front")) {
          _ = try await world.network("x", subnet: "172.18.17.0/24")
        }
        for name in ["a0", "a1"] { try await run("ip", "link", "delete", name).expect() }
      }
    }

    @Test func aNetworkInUseStays() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        await #expect(throws: NetworkingError.networkInUse("shop_front", containers: [web.id])) { try await world.networking.remove(front) }
        await world.networking.withdraw(web.id)
        try await world.networking.remove(front)
        try await world.networking.remove(front)
        #expect(try await run("nft", "list", "ruleset").expect().output == "")
      }
    }
  }
}
