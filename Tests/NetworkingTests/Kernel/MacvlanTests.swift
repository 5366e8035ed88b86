import Glibc
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// Containers on the network of one of the host's interfaces.
  @Suite struct Macvlan {
    @Test func containersAreOnTheOuterNetwork() async throws {
      try await World.play { world in
        var outer = Network(key: "lan", name: "shop_lan", subnet: "203.0.113.0/24", gateway: World.outsideAddress, range: "203.0.113.64/26")
        outer.macvlan = MacvlanOptions(parent: "out0")
        let lan = try await world.networking.create(outer, project: "shop").network.name
        let front = try await world.network("shop_front")
        let (one, two) = try await (world.container("one", on: lan), world.container("two", on: lan))
        #expect([one.address, two.address] == ["203.0.113.64", "203.0.113.65"])
        let (server, page) = try await (one.namespace.listen(80), world.outside.listen(80))
        #expect(try await two.namespace.connect(one.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == two.address)
        #expect(try await world.outside.connect(one.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        #expect(try await one.namespace.connect(World.outsideAddress, 80) == 0)
        #expect(page.socket.acceptedPeer() == one.address)
        // With its resolver where there is one: on the bridge.
        let both = try await world.container("both", on: lan, front)
        #expect(both.endpoints.nameServer == both.endpoints[1].gateway && one.endpoints.nameServer == nil)
        await #expect {
          _ = try await world.networking.publish(one.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: one.endpoints)
        } throws: {
          "\($0)".contains("on a bridge network")
        }
        // The next engine finds it again; nothing is on the host but its own interface.
        let records = await world.networking.records
        await world.networking.close()
        let second = try Networking(NetworkingConfiguration(suffix: "test"))
        let running = [one, two, both].map { RestoredContainer(id: $0.id, endpoints: $0.endpoints, ports: [], names: nil) }
        #expect(try await second.restore(networks: records, containers: running) == [])
        #expect(try await second.repair(containers: running).isEmpty)
        let next = try await second.reserve(containerID("next"), attachments: [Attachment(network: lan)])
        #expect(next.first?.address == "203.0.113.67")
        await second.removeEverything()
        #expect(try await run("ip", "-brief", "link", "show", "out0").status == 0)
      }
    }

    @Test func aParentMustBeThere() async throws {
      try await World.play { world in
        var outer = Network(key: "lan", name: "shop_lan", subnet: "192.0.2.0/24")
        outer.macvlan = MacvlanOptions(parent: "eth77")
        await #expect {
          _ = try await world.networking.create(outer, project: "shop")
        } throws: {
          "\($0)".contains("has no interface eth77")
        }
      }
    }
  }
}
