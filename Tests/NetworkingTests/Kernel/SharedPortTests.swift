import Glibc
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// One published port and the replicas behind it.
  @Suite struct SharedPorts {
    /// Connects so often and counts who is reached.
    private func reached(_ count: Int, _ servers: [Listener], _ connect: () async throws -> Int32) async throws -> [Int] {
      var counts = servers.map { _ in 0 }
      for _ in 0..<count {
        #expect(try await connect() == 0)
        var waiting = servers.map { pollfd(fd: $0.socket.number, events: Int16(POLLIN), revents: 0) }
        #expect(poll(&waiting, nfds_t(waiting.count), 2000) == 1)
        guard let who = waiting.firstIndex(where: { $0.revents != 0 }) else { continue }
        #expect(servers[who].socket.acceptedPeer() != nil)
        counts[who] += 1
      }
      return counts
    }

    @Test(arguments: [nil, World.hostAddress, World.hostAddress6]) func connectionsGoToAllThatAreReady(address: String?) async throws {
      try await World.play { world in
        let isSix = address?.contains(":") == true
        let front = try await world.network("shop_front", ipv6: isSix ? .init() : nil)
        let (one, two) = try await (world.container("one", on: front), world.container("two", on: front))
        let mapping = PortMapping(hostAddress: address, published: 8080, target: 80)
        var servers: [Listener] = []
        for container in [one, two] {
          servers.append(try await container.namespace.listen(80, on: isSix ? "::" : "0.0.0.0"))
          _ = try await world.networking.publish(container.id, ports: [mapping], endpoints: container.endpoints, group: "shop/web")
        }
        @Sendable func connect() async throws -> Int32 { try await world.outside.connect(address ?? World.hostAddress, 8080) }
        let counts = try await reached(24, servers, connect)
        #expect(counts.allSatisfy { $0 > 0 }, "\(counts)")
        // From the host itself too.
        let local = address ?? "127.0.0.1"
        #expect(try await reached(4, servers) { TestSocket(.stream, of: local).connect(local, 8080) }.reduce(0, +) == 4)
        // One that is unhealthy gets nothing as long as there is another.
        await world.networking.setNames(EndpointNames(container: one.id, endpoints: one.endpoints, name: "one", isReady: false))
        #expect(try await reached(8, servers, connect) == [0, 8])
        // Somebody else's container has no part in it.
        let stranger = try await world.container("stranger", on: front)
        for group in [nil, "blog/web"] {
          await #expect(throws: PortConflict.self) {
            try await world.networking.publish(stranger.id, ports: [mapping], endpoints: stranger.endpoints, group: group)
          }
        }
        await world.networking.withdraw(two.id)
        #expect(try await reached(4, servers, connect) == [4, 0])
        #expect(TestSocket(.stream, of: local).bind(isSix ? "::" : "0.0.0.0", 8080) == EADDRINUSE)
        await world.networking.withdraw(one.id)
        // The socket that kept the port for it is closed by another thread.
        let afterwards = try await eventually {
          try await connect()
        } until: {
          $0 == ECONNREFUSED
        }
        #expect(afterwards == ECONNREFUSED)
      }
    }

    /// 500 ports are one transaction; what a second container shares of them is another.
    @Test func manyPortsAtOnce() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let (one, two) = try await (world.container("one", on: front), world.container("two", on: front))
        let many = (0..<500).map { PortMapping(published: 20_000 + UInt16($0), target: 80) }
        let server = try await one.namespace.listen(80)
        let begun = ContinuousClock.now
        #expect(try await world.networking.publish(one.id, ports: many, endpoints: one.endpoints, group: "shop/web") == many)
        print("500 ports were published in \(ContinuousClock.now - begun)")
        for port: UInt16 in [20_000, 20_257, 20_499] {
          #expect(try await world.outside.connect(World.hostAddress, port) == 0)
          #expect(server.socket.acceptedPeer() == World.outsideAddress)
        }
        #expect(try await world.networking.publish(two.id, ports: many, endpoints: two.endpoints, group: "shop/web") == many)
        await world.networking.withdraw(two.id)
        #expect(try await world.outside.connect(World.hostAddress, 20_499) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
      }
    }
  }
}
