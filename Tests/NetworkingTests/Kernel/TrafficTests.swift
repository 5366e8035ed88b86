import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  @Suite struct Traffic {
    @Test func containersOfOneNetworkReachEachOther() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let (web, db) = try await (world.container("web", on: front), world.container("db", on: front))
        let server = try await db.namespace.listen(3306)
        #expect(try await web.namespace.connect(db.address, 3306) == 0)
        #expect(server.socket.acceptedPeer() == web.address)
        // Outwards, with the host's address.
        let page = try await world.outside.listen(80)
        #expect(try await web.namespace.connect(World.outsideAddress, 80) == 0)
        #expect(page.socket.acceptedPeer() == World.hostAddress)
      }
    }

    @Test func networksDoNotSeeEachOther() async throws {
      try await World.play { world in
        let (front, back) = try await (world.network("shop_front"), world.network("shop_back"))
        let web = try await world.container("web", on: front)
        let db = try await world.container("db", on: back)
        let both = try await world.container("both", on: front, back)
        let server = try await db.namespace.listen(3306)
        #expect(try await web.namespace.connect(db.address, 3306, patience: 1) != 0)
        #expect(try await both.namespace.connect(db.address, 3306) == 0)
        #expect(server.socket.acceptedPeer() == both.endpoints[1].address)
        #expect(both.endpoints.map(\.interface) == ["eth0", "eth1"])
        #expect(both.endpoints.map(\.isDefaultRoute) == [true, false])
      }
    }

    @Test func internalNetworksHaveNoWayOut() async throws {
      try await World.play { world in
        let (hidden, front) = try await (world.network("shop_hidden", isInternal: true), world.network("shop_front"))
        let db = try await world.container("db", on: hidden)
        let web = try await world.container("web", on: front)
        let both = try await world.container("both", on: hidden, front)
        #expect(db.endpoints.defaultGateway == nil)
        #expect(both.endpoints.defaultGateway == both.endpoints[1].gateway)
        let page = try await world.outside.listen(80)
        #expect(try await db.namespace.connect(World.outsideAddress, 80, patience: 1) == ENETUNREACH)
        // Also not with a route of its own making.
        let gateway = try #require(IPAddress(db.endpoints[0].gateway))
        try await db.namespace.run {
          var socket = try RouteSocket(); try socket.addDefaultRoute(gateway: gateway)
        }
        #expect(try await db.namespace.connect(World.outsideAddress, 80, patience: 1) == EINPROGRESS)
        let server = try await db.namespace.listen(3306)
        #expect(try await both.namespace.connect(db.address, 3306) == 0)
        #expect(try await web.namespace.connect(db.address, 3306, patience: 1) != 0)
        #expect(server.socket.acceptedPeer() == both.address)
        #expect(try await both.namespace.connect(World.outsideAddress, 80) == 0)
        #expect(page.socket.acceptedPeer() == World.hostAddress)
      }
    }

    @Test func aContainerThatComesBackKeepsItsPlace() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let first = try await world.container("web", on: front)
        let other = try await world.container("db", on: front)
        await world.networking.withdraw(first.id)
        // The first run's namespace is still there, and its veth pair with it.
        let second = try await world.container("web", on: front)
        #expect(second.endpoints == first.endpoints)
        let server = try await other.namespace.listen(80)
        #expect(try await second.namespace.connect(other.address, 80) == 0)
        #expect(server.socket.acceptedPeer() == first.address)
      }
    }

    @Test func aPlugWithoutProcessLeavesNothing() async throws {
      try await World.play { world in
        let (front, back) = try await (world.network("shop_front"), world.network("shop_back"))
        let id = containerID("web")
        let endpoints = try await world.networking.reserve(id, attachments: [Attachment(network: front), Attachment(network: back)])
        await #expect(throws: NetlinkError.self) { try await world.networking.connect(id, endpoints, pid: Int32.max) }
        var broken = endpoints
        broken[1].address = "10.9.9.9"
        let namespace = try await NetworkNamespace()
        await #expect(throws: NetworkingError.self) { try await world.networking.connect(id, broken, pid: namespace.pid) }
        #expect(try await !run("ip", "-brief", "link").output.contains("mv-"))
      }
    }
  }
}
