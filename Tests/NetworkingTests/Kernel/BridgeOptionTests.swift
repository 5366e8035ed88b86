import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  @Suite struct Options {
    private func network(_ world: World, _ name: String = "shop_front", _ change: (inout BridgeOptions) -> Void) async throws -> NetworkName
    {
      var options = BridgeOptions()
      change(&options)
      var network = Network(key: name, name: NetworkName(name))
      network.bridge = options
      return try await world.networking.create(network, project: "shop").network.name
    }

    @Test func containersThatAreSeparatedReachOnlyTheWorld() async throws {
      try await World.play { world in
        let front = try await network(world) { $0.separatesContainers = true }
        let (web, db) = try await (world.container("web", on: front), world.container("db", on: front))
        let server = try await db.namespace.listen(3306)
        #expect(try await web.namespace.connect(db.address, 3306, patience: 1) != 0)
        // Also not by the way over the host: with the gateway's hardware address for the other's.
        let gateway = try #require(IPv4Address(web.endpoints[0].gateway))
        try await web.namespace.command("ip", "neigh", "replace", db.address, "lladdr", MACAddress(for: gateway).description, "dev", "eth0")
        #expect(try await web.namespace.connect(db.address, 3306, patience: 1) != 0)
        let page = try await world.outside.listen(80)
        #expect(try await web.namespace.connect(World.outsideAddress, 80) == 0)
        #expect(page.socket.acceptedPeer() == World.hostAddress)
        let ports = try await world.networking.publish(
          db.id, ports: [PortMapping(published: nil, target: 3306)], endpoints: db.endpoints)
        // The world reaches them as ever.
        #expect(try await world.outside.connect(World.hostAddress, try #require(ports[0].published)) == 0)
        _ = server
      }
    }

    @Test func withoutMasqueradingContainersSpeakWithTheirOwnAddress() async throws {
      try await World.play { world in
        let front = try await network(world) { $0.keepsAddresses = true }
        let web = try await world.container("web", on: front)
        // The world knows the way back.
        try await world.outside.command("ip", "route", "add", web.address + "/32", "via", World.hostAddress)
        let page = try await world.outside.listen(80)
        #expect(try await web.namespace.connect(World.outsideAddress, 80) == 0)
        #expect(page.socket.acceptedPeer() == web.address)
      }
    }

    @Test func theBridgeHasTheNameAndTheLongestPacketThatWereAskedFor() async throws {
      try await World.play { world in
        let front = try await network(world) {
          $0.name = "br-own"
          $0.mtu = 1400
          $0.interfacePrefix = "lan"
        }
        let web = try await world.container("web", on: front)
        #expect(web.endpoints.map(\.interface) == ["lan0"])
        #expect(web.endpoints[0].mtu == 1400)
        #expect(try await run("ip", "link", "show", "br-own").expect().output.contains(" mtu 1400 "))
        await #expect(throws: NetworkingError.self) { try await network(world, "shop_other") { $0.name = "br-own" } }
        await #expect(throws: NetworkingError.self) { try await network(world, "shop_lo") { $0.name = "out0" } }
        #expect(try await run("ip", "link", "show", "out0").status == 0)
      }
    }

    @Test func portsWithoutAnAddressAreBoundToTheNetworks() async throws {
      try await World.play { world in
        let front = try await network(world) { $0.hostAddress = "127.0.0.1" }
        let wanted = [PortMapping(published: 8080, target: 80), PortMapping(hostAddress: World.hostAddress, published: 8081, target: 80)]
        let bound = await world.networking.bound(wanted, attachments: [Attachment(network: front)])
        #expect(bound.map(\.hostAddress) == ["127.0.0.1", World.hostAddress])
      }
    }

    @Test func interfacesHaveNamesAndTheHighestGatewayPriorityIsTheWayOut() async throws {
      try await World.play { world in
        let (a, b, hidden) = try await (world.network("a"), world.network("b"), world.network("hidden", isInternal: true))
        var first = Attachment(network: a)
        var second = Attachment(network: b)
        var third = Attachment(network: hidden)
        second.gatewayPriority = 7
        third.gatewayPriority = 9
        first.interfaceName = "eth1"
        third.interfaceName = "back.end"
        third.linkLocalAddresses = ["169.254.9.9", "fe80::9"]
        third.sysctls = ["net.ipv4.conf.IFNAME.log_martians": "1"]
        let endpoints = try await world.networking.reserve(containerID("x"), attachments: [first, second, third])
        #expect(endpoints.map(\.interface) == ["eth1", "eth0", "back.end"])
        #expect(endpoints.map(\.isDefaultRoute) == [false, true, false])
        #expect(endpoints[2].cidrs == [endpoints[2].address + "/20", "169.254.9.9/16", "fe80::9/64"])
        #expect(endpoints[2].sysctls == ["net.ipv4.conf.back/end.log_martians": "1"])
        await world.networking.withdraw(containerID("x"))
      }
    }
  }
}

extension NetworkNamespace {
  /// Runs a program of the host in the namespace.
  fileprivate func command(_ words: String...) async throws {
    try await TestSupport.run(["nsenter", "--net=/proc/\(pid)/ns/net"] + words).expect()
  }
}
