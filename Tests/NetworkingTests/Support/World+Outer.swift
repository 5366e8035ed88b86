import StackModel
import TestSupport
import Testing

@testable import Networking

// What is the same on networks of the drivers `macvlan` and `ipvlan`.
extension World {
  /// The two containers reach each other, and the machine outside, and it them: each by its own address.
  func checkReach(_ one: Container, _ two: Container) async throws {
    let (server, page) = try await (one.namespace.listen(80), outside.listen(80))
    #expect(try await two.namespace.connect(one.address, 80) == 0)
    #expect(server.socket.acceptedPeer() == two.address)
    #expect(try await outside.connect(one.address, 80) == 0)
    #expect(server.socket.acceptedPeer() == World.outsideAddress)
    #expect(try await one.namespace.connect(World.outsideAddress, 80) == 0)
    #expect(page.socket.acceptedPeer() == one.address)
  }

  /// Beside a bridge a container has its resolver there, and no port is published on `lan` alone, which the next engine finds again: it
  /// gives out `nextAddress`. Ends the world's own engine.
  func checkOuter(_ lan: NetworkName, _ one: Container, _ two: Container, nextAddress: String) async throws {
    let front = try await network("shop_front")
    let both = try await container("both", on: lan, front)
    #expect(both.endpoints.nameServer == both.endpoints[1].gateway && one.endpoints.nameServer == nil)
    await #expect {
      _ = try await networking.publish(one.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: one.endpoints)
    } throws: {
      "\($0)".contains("on a bridge network")
    }
    let records = await networking.records
    await networking.close()
    let second = try Networking(NetworkingConfiguration(suffix: "test"))
    let running = [one, two, both].map { RestoredContainer(id: $0.id, endpoints: $0.endpoints, ports: [], names: nil) }
    #expect(try await second.restore(networks: records, containers: running) == [])
    #expect(try await second.repair(containers: running).isEmpty)
    let next = try await second.reserve(containerID("next"), attachments: [Attachment(network: lan)])
    #expect(next.first?.address == nextAddress)
    await second.removeEverything()
    // Nothing was on the host but its own interface.
    #expect(try await run("ip", "-brief", "link", "show", "out0").status == 0)
  }
}
