import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// What a container had is another's, who is in its network namespace, and comes back.
  @Suite struct PassingOn {
    @Test func addressesNamesAndPortsGoOver() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front", ipv6: .init())
        let app = try await world.container("app", on: front, service: "app")
        let mapping = PortMapping(published: 8080, target: 80)
        let server = try await app.namespace.listen(80, on: "0.0.0.0")
        _ = try await world.networking.publish(app.id, ports: [mapping], endpoints: app.endpoints, group: "shop/app")
        let before = await world.networking.firewall.state.elements
        let side = containerID("side")
        func names(_ id: ContainerID) -> EndpointNames {
          EndpointNames(container: id, endpoints: app.endpoints, name: "app", service: "app")
        }
        await world.networking.passOn(from: app.id, to: side, name: "app", names: names(side))
        // What the first one gives back is no longer its own.
        await world.networking.withdraw(app.id)
        let owners = await world.networking.networks[front]?.pools.owners
        #expect(owners == [side])
        let held = await world.networking.heldPorts
        #expect(held.keys.sorted() == [side] && held[side]?.map(\.mapping) == [mapping])
        #expect(await world.networking.firewall.state.elements == before)
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        // Nobody else gets the address meanwhile; whoever has the name is next.
        let other = try await world.container("other", on: front)
        #expect(other.address != app.address && other.address6 != app.address6)
        let next = containerID("next")
        await world.networking.passOn(from: side, to: next, name: "app")
        #expect(try await world.networking.reserve(next, name: "app", attachments: [Attachment(network: front)]) == app.endpoints)
        await world.networking.setNames(names(next), insteadOf: side)
        #expect(
          try await world.networking.republish(next, ports: [mapping], endpoints: app.endpoints, group: "shop/app") == [mapping])
        #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
        await world.networking.withdraw(next)
        let afterwards = await world.networking.networks[front]?.pools.owners
        #expect(afterwards == [other.id])
        withExtendedLifetime(server) {}
      }
    }

    @Test func whatIsOnlyKeptIsGivenUp() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let app = try await world.container("app", on: front)
        let ports = [PortMapping(published: 8080, target: 80), PortMapping(published: 8081, target: 81)]
        _ = try await world.networking.publish(app.id, ports: ports, endpoints: app.endpoints)
        let side = containerID("side")
        await world.networking.passOn(from: app.id, to: side, name: "app")
        let asked = PortMapping(hostAddress: World.hostAddress, published: 8080, target: 8)
        #expect(await world.networking.giveUp([asked], heldBy: [app.id, side]) == [side: [ports[1]]])
        #expect(await world.networking.giveUp([asked, PortMapping(published: nil, target: 81)], heldBy: [side]) == [:])
        let next = try await world.container("next", on: front)
        #expect(try await world.networking.publish(next.id, ports: [asked], endpoints: next.endpoints) == [asked])
        #expect(await world.networking.giveUp([ports[1]], heldBy: [side]) == [side: []])
        #expect(await world.networking.firewall.state.publications.keys.sorted() == [next.id])
        await world.networking.withdraw(side)
      }
    }

    @Test func unpluggedInterfacesAreGone() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let app = try await world.container("app", on: front)
        let name = await world.networking.kernelNames.veth(app.endpoints[0])
        #expect(try await run("ip", "link", "show", name).status == 0)
        for _ in 0..<2 { await world.networking.unplug(app.endpoints) }
        #expect(try await run("ip", "link", "show", name).status != 0)
      }
    }
  }
}
