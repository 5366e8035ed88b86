import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// Containers on the network of one of the host's interfaces, all with its hardware address.
  @Suite(.enabled(if: KernelLinks.haveIpvlan, "this kernel has no ipvlan: modprobe ipvlan")) struct Ipvlan {
    private func network(
      _ world: World, _ key: String, _ options: IpvlanOptions, subnet: String? = nil, gateway: String? = nil, range: String? = nil,
      ipv6: IPAMConfig? = nil
    ) async throws -> NetworkRecord {
      var outer = Network(key: key, name: NetworkName("shop_\(key)"), subnet: subnet, gateway: gateway, range: range)
      outer.ipvlan = options
      outer.ipv6 = ipv6
      return try await world.networking.create(outer, project: "shop")
    }

    private func outer(_ world: World, _ options: IpvlanOptions = IpvlanOptions(parent: "out0")) async throws -> NetworkName {
      try await network(
        world, "lan", options, subnet: "203.0.113.0/24", gateway: World.outsideAddress, range: "203.0.113.64/26",
        ipv6: IPAMConfig(subnet: "2001:db8:113::/64", range: "2001:db8:113::100/120", gateway: World.outsideAddress6)
      ).network.name
    }

    @Test func containersAreOnTheOuterNetwork() async throws {
      try await World.play { world in
        let lan = try await outer(world)
        let (one, two) = try await (world.container("one", on: lan), world.container("two", on: lan))
        #expect([one.address, two.address] == ["203.0.113.64", "203.0.113.65"])
        try await world.checkReach(one, two)
        let server6 = try await one.namespace.listen(81, on: "::")
        #expect(try await two.namespace.connect(one.address6, 81) == 0)
        #expect(server6.socket.acceptedPeer() == two.address6)
        #expect(try await world.outside.connect(one.address6, 81) == 0)
        #expect(server6.socket.acceptedPeer() == World.outsideAddress6)
        var host = try RouteSocket()
        let parent = try #require(try host.link(named: "out0"))
        let link = try await one.namespace.run {
          var socket = try RouteSocket()
          return try socket.link(named: "eth0")
        }
        #expect(link?.kind == "ipvlan" && link?.mac == parent.mac && link?.mtu == parent.mtu)
        try await world.checkOuter(lan, one, two, nextAddress: "203.0.113.67")
      }
    }

    /// Interfaces of one parent have one hardware address: each still gets its own addresses.
    @Test func aContainerIsOnSeveralNetworksOfOneParent() async throws {
      try await World.play { world in
        let lan = try await outer(world)
        let other = try await network(world, "other", IpvlanOptions(parent: "out0"), subnet: "198.51.100.0/24").network.name
        let both = try await world.container("both", on: lan, other)
        #expect(both.endpoints.map(\.interface) == ["eth0", "eth1"] && both.endpoints.map(\.mac) == ["", ""])
        let found = try await both.namespace.run {
          var socket = try RouteSocket()
          let links = try socket.links()
          return try socket.addresses().compactMap { place in
            guard case .v4 = place.address.address, let link = links.first(where: { $0.index == place.index }) else {
              return nil as String?
            }
            return "\(link.name) \(place.address)"
          }
        }
        #expect(found.filter { $0.hasPrefix("eth") }.sorted() == ["eth0 203.0.113.64/24", "eth1 198.51.100.2/24"])
        let peer = try await world.container("peer", on: other)
        let server = try await both.namespace.listen(80)
        #expect(try await peer.namespace.connect(both.endpoints[1].address, 80) == 0)
        #expect(server.socket.acceptedPeer() == peer.address)
      }
    }

    /// By the host's own routes, without a gateway.
    @Test(arguments: [IpvlanOptions.Mode.l3, .l3s]) func theHostsRoutesDecide(mode: IpvlanOptions.Mode) async throws {
      try await World.play { world in
        let record = try await network(
          world, "deep", IpvlanOptions(parent: "out0", mode: mode), subnet: "198.51.100.0/24", ipv6: IPAMConfig(subnet: "2001:db8:5::/64"))
        #expect(record.network.gateway == nil && record.network.ipv6?.gateway == nil)
        let deep = record.network.name
        let (one, two) = try await (world.container("one", on: deep), world.container("two", on: deep))
        #expect(one.address == "198.51.100.1" && one.endpoints.defaultRoute == .interface("eth0"))
        #expect(one.endpoints.defaultRoute6 == .interface("eth0") && one.endpoints.defaultGateway == nil)
        // The way back is by the host.
        try await world.outside.run {
          #expect(system("ip route add 198.51.100.0/24 via \(World.hostAddress)") == 0)
        }
        try await world.checkReach(one, two)
      }
    }

    /// One mode for all of a parent's interfaces, and one kind (the kernel's rules): told before somebody else's change.
    @Test func aParentIsOfOneKind() async throws {
      try await World.play { world in
        let lan = try await outer(world)
        for (options, words) in [
          (IpvlanOptions(parent: "out0", mode: .l3), "another ipvlan_mode"), (IpvlanOptions(parent: "out0", flag: .vepa), "ipvlan_flag"),
        ] {
          await #expect {
            _ = try await network(world, "other", options, subnet: "192.0.2.0/24")
          } throws: {
            "\($0)".contains(words) && "\($0)".contains(lan.rawValue)
          }
        }
        var macvlan = Network(key: "mac", name: "shop_mac", subnet: "192.0.2.0/24")
        macvlan.macvlan = MacvlanOptions(parent: "out0")
        if KernelLinks.haveMacvlan {
          await #expect {
            _ = try await world.networking.create(macvlan, project: "shop")
          } throws: {
            "\($0)".contains("an interface cannot have both")
          }
        }
        var attachment = Attachment(network: lan)
        attachment.mac = "02:42:00:00:00:07"
        await #expect {
          _ = try await world.networking.reserve(containerID("x"), attachments: [attachment])
        } throws: {
          "\($0)".contains("remove mac_address")
        }
      }
    }

    @Test func privateContainersDoNotReachEachOther() async throws {
      try await World.play { world in
        let lan = try await outer(world, IpvlanOptions(parent: "out0", flag: .private))
        let (one, two) = try await (world.container("one", on: lan), world.container("two", on: lan))
        let server = try await one.namespace.listen(80)
        #expect(try await two.namespace.connect(one.address, 80, patience: 1) != 0)
        #expect(try await world.outside.connect(one.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
      }
    }

    @Test(.enabled(if: KernelLinks.haveDummy, "this kernel has no dummy: modprobe dummy"))
    func withoutAParentContainersReachEachOther() async throws {
      try await World.play { world in
        let record = try await network(world, "alone", IpvlanOptions())
        #expect(record.network.subnet != nil && record.madeParent?.hasPrefix("mp-") == true)
        let name = record.network.name
        let (one, two) = try await (world.container("one", on: name), world.container("two", on: name))
        let server = try await one.namespace.listen(80)
        #expect(try await two.namespace.connect(one.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == two.address)
        #expect(one.endpoints.defaultRoute == nil)
      }
    }
  }

  @Suite(.enabled(if: !KernelLinks.haveIpvlan, "this kernel has ipvlan")) struct WithoutIpvlan {
    @Test func itIsSaidBeforeAnythingIsMade() async throws {
      try await World.play { world in
        var outer = Network(key: "lan", name: "shop_lan", subnet: "203.0.113.0/24")
        outer.ipvlan = IpvlanOptions(parent: "out0")
        for ask in [false, true] {
          await #expect {
            if ask { try await world.networking.checkParent(of: outer) }
            _ = try await world.networking.create(outer, project: "shop")
          } throws: {
            "\($0)".contains("this machine's kernel has no ipvlan (modprobe ipvlan)")
          }
        }
        #expect(await world.networking.records.isEmpty)
      }
    }
  }
}
