import Glibc
import Netlink
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  @Suite struct Publishing {
    /// With br_netfilter, the packets within a bridge pass the packet filter too.
    @Test(arguments: ["0", "1"]) func aPublishedPortIsReachableFromEverywhere(bridgeFilter: String) async throws {
      try await World.play { world in
        try await run("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=\(bridgeFilter)").expect()
        let (front, back) = try await (world.network("shop_front"), world.network("shop_back"))
        let web = try await world.container("web", on: front)
        let neighbour = try await world.container("neighbour", on: front)
        let stranger = try await world.container("stranger", on: back)
        let server = try await web.namespace.listen(80)
        let ports = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
        #expect(ports == [PortMapping(published: 8080, target: 80)])

        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.outsideAddress)
        #expect(TestSocket(.stream).connect("127.0.0.1", 8080) == 0)
        #expect(server.socket.acceptedPeer() == web.endpoints[0].gateway)
        #expect(TestSocket(.stream).connect(World.hostAddress, 8080) == 0)
        #expect(server.socket.acceptedPeer() == World.hostAddress)
        for container in [neighbour, stranger, web] {
          #expect(try await container.namespace.connect(World.hostAddress, 8080) == 0, "\(container.id)")
          #expect(server.socket.acceptedPeer() != nil)
        }

        await world.networking.withdraw(web.id)
        #expect(try await world.outside.connect(World.hostAddress, 8080) == ECONNREFUSED)
        #expect(TestSocket(.stream).connect("127.0.0.1", 8080) == ECONNREFUSED)
      }
    }

    /// A connection that is open is never cut by what comes to the ports, the networks and the engine beside it.
    @Test(arguments: [PortsFirewall.bypass, .host]) func openConnectionsGoOn(firewall: PortsFirewall) async throws {
      let configuration = NetworkingConfiguration(suffix: "test", portsFirewall: firewall)
      try await World.play(configuration) { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = try await web.namespace.listen(80)
        let ports = [PortMapping(published: 8080, target: 80)]
        _ = try await world.networking.publish(web.id, ports: ports, endpoints: web.endpoints)
        let client = try await world.outside.run { try OpenConnection(to: World.hostAddress, 8080) }
        let number = accept(server.socket.number, nil, nil)
        defer { close(number) }
        func goesOn(_ mark: UInt8) -> Bool {
          client.socket.send([mark])
          var byte: UInt8 = 0
          return recv(number, &byte, 1, 0) == 1 && byte == mark
        }
        #expect(number >= 0 && goesOn(1))
        _ = try await world.networking.republish(web.id, ports: ports, endpoints: web.endpoints)
        #expect(goesOn(2))
        _ = try await world.networking.republish(web.id, ports: ports + [PortMapping(published: 8081, target: 80)], endpoints: web.endpoints)
        #expect(goesOn(3))
        let back = try await world.network("shop_back", ipv6: .init())
        try await world.networking.remove(back)
        #expect(goesOn(4))
        try await run("nft", "flush", "ruleset").expect()
        #expect(try await world.networking.defendFirewall())
        #expect(goesOn(5))
        let records = await world.networking.records
        await world.networking.close()
        let second = try Networking(configuration)
        let container = RestoredContainer(id: web.id, endpoints: web.endpoints, ports: ports, names: nil)
        #expect(try await second.restore(networks: records, containers: [container]) == [])
        #expect(goesOn(6))
        await second.removeEverything()
      }
    }

    @Test func datagramsAreForwardedToo() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let server = try await world.container("dns", on: front)
        let socket = try await server.namespace.listen(5353, .datagram)
        _ = try await world.networking.publish(
          server.id, ports: [PortMapping(published: 5300, target: 5353, transport: .udp)], endpoints: server.endpoints)
        let answer = Task { socket.socket.answerOne { $0 + [1] } }
        let heard = try await world.outside.run { () -> [UInt8]? in
          let client = TestSocket(.datagram)
          _ = client.connect(World.hostAddress, 5300)
          client.send([7])
          return client.receive()
        }
        #expect(heard == [7, 1])
        #expect(await answer.value)
      }
    }

    /// A client with one socket that never pauses: before the port is published, and while it moves to another container.
    @Test func datagramsFollowThePort() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let containers = try await [world.container("one", on: front), world.container("two", on: front)]
        let mapping = PortMapping(published: 5300, target: 5353, transport: .udp)
        let client = try await world.outside.run { () -> Listener in
          let client = try Listener(.datagram, World.outsideAddress, port: 6000)
          _ = client.socket.connect(World.hostAddress, 5300)
          client.socket.send([0])
          return client
        }
        for container in containers {
          let server = try await container.namespace.listen(5353, .datagram)
          _ = try await world.networking.publish(container.id, ports: [mapping], endpoints: container.endpoints)
          // The port unreachable of before may still be pending as an error.
          _ = client.socket.receive()
          client.socket.send([1])
          #expect(server.socket.receive() == [1])
          await world.networking.withdraw(container.id)
        }
      }
    }

    @Test func onlyWhatIsPublishedIsReachableFromOutside() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let (open, closed, local) = try await (web.namespace.listen(80), web.namespace.listen(81), web.namespace.listen(82))
        _ = try await world.networking.publish(
          web.id,
          ports: [
            PortMapping(hostAddress: World.hostAddress, published: 8080, target: 80),
            PortMapping(hostAddress: "127.0.0.1", published: 8082, target: 82),
          ], endpoints: web.endpoints)
        // Outside knows a way to the container's own address, and another to our loopback (moby#45610).
        try await world.outside.run {
          for command in [
            "ip route add 172.16.0.0/12 via \(World.hostAddress)", "sysctl -qw net.ipv4.conf.all.route_localnet=1",
            "ip addr del 127.0.0.1/8 dev lo", "ip route add 127.0.0.1/32 via \(World.hostAddress)",
          ] { #expect(system(command) == 0, "\(command)") }
        }
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        #expect(open.socket.acceptedPeer() == World.outsideAddress)
        for (address, port): (String, UInt16) in [(web.address, 80), (web.address, 81), ("127.0.0.1", 8082)] {
          #expect(try await world.outside.connect(address, port, patience: 1) == EINPROGRESS, "\(address):\(port)")
        }
        #expect(try await world.outside.connect(World.hostAddress, 8082) == ECONNREFUSED)
        #expect(TestSocket(.stream).connect("127.0.0.1", 8080) == ECONNREFUSED)
        #expect(TestSocket(.stream).connect("127.0.0.1", 8082) == 0)
        #expect(local.socket.acceptedPeer() == web.endpoints[0].gateway)
        // The host itself may.
        #expect(TestSocket(.stream).connect(web.address, 81) == 0)
        #expect(closed.socket.acceptedPeer() == web.endpoints[0].gateway)
      }
    }

    @Test func aPublishedPortIsTaken() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let (web, other) = try await (world.container("web", on: front), world.container("other", on: front))
        let mapping = PortMapping(published: 8080, target: 80)
        _ = try await world.networking.publish(web.id, ports: [mapping], endpoints: web.endpoints)
        // For programs, with and without SO_REUSEADDR…
        for reusing in [false, true] {
          let program = TestSocket(.stream)
          let bound = program.bind("0.0.0.0", 8080, reusing: reusing)
          #expect(bound == EADDRINUSE || program.listen() == EADDRINUSE)
        }
        // …and for containers.
        await #expect(throws: PortConflict(port: mapping, holder: "container web")) {
          _ = try await world.networking.publish(other.id, ports: [mapping], endpoints: other.endpoints)
        }
        await #expect(throws: PortConflict.self) { try await world.networking.checkPorts([mapping], ignoring: [other.id]) }
        try await world.networking.checkPorts([mapping], ignoring: [web.id])
        try await world.networking.checkPorts([PortMapping(published: 8080, target: 80, transport: .udp)], ignoring: [])
        // The same container may publish it again.
        #expect(try await world.networking.publish(web.id, ports: [mapping], endpoints: web.endpoints) == [mapping])
      }
    }

    /// Its last connections wait for stray packets (TIME_WAIT) long after the server is gone.
    @Test func aPortWhoseServerHasJustGoneIsFreeForOne() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let (web, other) = try await (world.container("web", on: front), world.container("other", on: front))
        do {
          let server = try Listener(.stream, "127.0.0.1", port: 8080)
          let client = TestSocket(.stream)
          #expect(client.connect("127.0.0.1", 8080) == 0)
          #expect(server.socket.acceptedPeer() == "127.0.0.1")
        }
        #expect(try await run("ss", "-Htan", "state", "time-wait", "sport", "8080").expect().lines.count == 1)
        let mapping = PortMapping(published: 8080, target: 80)
        _ = try await world.networking.publish(web.id, ports: [mapping], endpoints: web.endpoints)
        await #expect(throws: PortConflict(port: mapping, holder: "container web")) {
          _ = try await world.networking.publish(other.id, ports: [mapping], endpoints: other.endpoints)
        }
        #expect(TestSocket(.stream).connect("127.0.0.1", 8080) == ECONNREFUSED)
      }
    }

    @Test func aConflictNamesTheProgram() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let program = try Listener(.stream, port: 8090)
        defer { withExtendedLifetime(program) {} }
        let ports = [PortMapping(published: 8089, target: 80), PortMapping(published: 8090, target: 80)]
        await #expect {
          _ = try await world.networking.publish(web.id, ports: ports, endpoints: web.endpoints)
        } throws: {
          let conflict = $0 as? PortConflict
          return conflict?.port == ports[1] && conflict?.holder?.hasSuffix("(pid \(getpid()))") == true
        }
        // Nothing is half published.
        #expect(TestSocket(.stream).bind("0.0.0.0", 8089) == 0)
      }
    }

    @Test func aFreePortIsChosen() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = try await web.namespace.listen(80)
        let ports = try await world.networking.publish(
          web.id, ports: [PortMapping(published: nil, target: 80), PortMapping(published: nil, target: 80)], endpoints: web.endpoints)
        let numbers = ports.compactMap(\.published)
        #expect(Set(numbers).count == 2 && numbers.allSatisfy { $0 >= 32768 })
        for number in numbers {
          #expect(try await world.outside.connect(World.hostAddress, number) == 0)
          #expect(server.socket.acceptedPeer() == World.outsideAddress)
        }
      }
    }
  }
}

/// A client's end of a connection, which outlives the closure that made it.
private final class OpenConnection: Sendable {
  let socket: TestSocket

  init(to address: String, _ port: UInt16) throws {
    let socket = TestSocket(.stream, of: address)
    let code = socket.connect(address, port)
    guard code == 0 else { throw CallFailure(call: "connect \(port)", errno: code) }
    self.socket = socket
  }
}
