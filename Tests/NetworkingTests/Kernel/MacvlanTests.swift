import Glibc
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// Containers on the network of one of the host's interfaces.
  @Suite(.enabled(if: KernelLinks.haveMacvlan, "this kernel has no macvlan: modprobe macvlan")) struct Macvlan {
    @Test func containersAreOnTheOuterNetwork() async throws {
      try await World.play { world in
        var outer = Network(key: "lan", name: "shop_lan", subnet: "203.0.113.0/24", gateway: World.outsideAddress, range: "203.0.113.64/26")
        outer.macvlan = MacvlanOptions(parent: "out0")
        let lan = try await world.networking.create(outer, project: "shop").network.name
        let (one, two) = try await (world.container("one", on: lan), world.container("two", on: lan))
        #expect([one.address, two.address] == ["203.0.113.64", "203.0.113.65"])
        try await world.checkReach(one, two)
        try await world.checkOuter(lan, one, two, nextAddress: "203.0.113.67")
      }
    }

    @Test func aParentMustBeThere() async throws {
      try await World.play { world in
        for parent in ["eth77", "eth77.5"] {
          var outer = Network(key: "lan", name: "shop_lan", subnet: "192.0.2.0/24")
          outer.macvlan = MacvlanOptions(parent: parent)
          await #expect {
            _ = try await world.networking.create(outer, project: "shop")
          } throws: {
            "\($0)".contains("has no interface eth77,")
          }
        }
      }
    }

    /// As Docker's: an address out of the first subnet with room, and that one's gateway.
    @Test func aNetworkHasSeveralSubnets() async throws {
      try await World.play { world in
        var outer = Network(key: "lan", name: "shop_lan", subnet: "203.0.113.0/24", gateway: World.outsideAddress, range: "203.0.113.64/31")
        outer.macvlan = MacvlanOptions(parent: "out0")
        outer.furtherSubnets = [IPAMConfig(subnet: "198.51.100.0/24", gateway: "198.51.100.254")]
        let lan = try await world.networking.create(outer, project: "shop").network.name
        let (one, _) = try await (world.container("one", on: lan), world.container("two", on: lan))
        let three = try await world.container("three", on: lan)
        #expect([one.address, three.address] == ["203.0.113.64", "198.51.100.1"])
        #expect([one, three].map(\.endpoints.defaultGateway) == [World.outsideAddress, "198.51.100.254"])
        #expect(three.endpoints.map(\.cidrs) == [["198.51.100.1/24"]])
        // The router between them.
        try await world.outside.run {
          #expect(system("ip addr add 198.51.100.254/24 dev eth0 && sysctl -qw net.ipv4.ip_forward=1") == 0)
        }
        let server = try await one.namespace.listen(80)
        #expect(try await three.namespace.connect(one.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == three.address)
        var fixed = Attachment(network: lan)
        fixed.address = "198.51.100.77"
        #expect(try await world.networking.reserve(containerID("four"), attachments: [fixed]).first?.gateway == "198.51.100.254")
        fixed.address = "192.0.2.7"
        await #expect {
          try await world.networking.reserve(containerID("five"), attachments: [fixed])
        } throws: {
          "\($0)".contains("192.0.2.7 is not an address for containers of")
        }
        // The next engine finds everybody in their subnets.
        let records = await world.networking.records
        await world.networking.close()
        let second = try Networking(NetworkingConfiguration(suffix: "test"))
        let running = [one, three].map { RestoredContainer(id: $0.id, endpoints: $0.endpoints, ports: [], names: nil) }
        #expect(try await second.restore(networks: records, containers: running) == [])
        #expect(try await second.reserve(three.id, attachments: [Attachment(network: lan)]) == three.endpoints)
        await second.removeEverything()
      }
    }

    @Test(.enabled(if: KernelLinks.haveVLAN, "this kernel has no vlan: modprobe 8021q"))
    func aVLANIsMadeAndGoesWithItsLastNetwork() async throws {
      try await World.play { world in
        func network(_ key: String, _ subnet: String) async throws -> NetworkRecord {
          var outer = Network(key: key, name: NetworkName("shop_\(key)"), subnet: subnet)
          outer.macvlan = MacvlanOptions(parent: "out0.50")
          return try await world.networking.create(outer, project: "shop")
        }
        func isThere() async throws -> Bool { try await run("ip", "link", "show", "out0.50").status == 0 }
        let first = try await network("a", "192.0.2.0/24")
        #expect(first.madeParent == "out0.50")
        #expect(try await network("b", "198.51.100.0/24").madeParent == "out0.50")
        let web = try await world.container("web", on: first.network.name)
        try await world.outside.run {
          for command in [
            "ip link add link eth0 name eth0.50 type vlan id 50", "ip addr add 192.0.2.200/24 dev eth0.50", "ip link set eth0.50 up",
          ] {
            #expect(system(command) == 0, "\(command)")
          }
        }
        let server = try await web.namespace.listen(80)
        #expect(try await world.outside.connect(web.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == "192.0.2.200")
        // Somebody deletes it: with it goes what is on it.
        try await run("ip", "link", "delete", "out0.50").expect()
        let running = [RestoredContainer(id: web.id, endpoints: web.endpoints, ports: [], names: nil)]
        let repair = try await world.networking.repair(containers: running)
        #expect(repair.unplugged == [web.id: web.endpoints])
        // As long as nobody has done it.
        #expect(try await world.networking.repair(containers: running).unplugged == repair.unplugged)
        try await world.networking.connect(web.id, web.endpoints, pid: web.namespace.pid)
        try await web.namespace.configure(web.endpoints)
        let after = try await world.networking.repair(containers: running)
        #expect(after == NetworkRepair())
        #expect(try await world.outside.connect(web.address, 80) == 0)
        await world.networking.withdraw(web.id)
        try await world.networking.remove(first.network.name)
        #expect(try await isThere())
        try await world.networking.remove("shop_b")
        #expect(try await !isThere())
      }
    }

    @Test(.enabled(if: KernelLinks.haveDummy, "this kernel has no dummy: modprobe dummy"))
    func withoutAParentContainersReachEachOther() async throws {
      try await World.play { world in
        var alone = Network(key: "lan", name: "shop_lan")
        alone.macvlan = MacvlanOptions()
        let record = try await world.networking.create(alone, project: "shop")
        #expect(record.network.subnet != nil && record.network.gateway == nil)
        let (one, two) = try await (world.container("one", on: record.network.name), world.container("two", on: record.network.name))
        let server = try await one.namespace.listen(80)
        #expect(try await two.namespace.connect(one.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == two.address)
        #expect(one.endpoints.defaultRoute == nil)
        #expect(try await one.namespace.connect(World.outsideAddress, 80, patience: 1) == ENETUNREACH)
      }
    }
  }
}
