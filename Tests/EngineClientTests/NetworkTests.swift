import Backend
import EngineClient
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct NetworkTests {
  @Test func `networks come back as they were`() async throws {
    let backend = FakeBackend()
    try await served(backend) { client async throws in
      #expect(try await client.networks() == backend.networks())
      #expect(try await client.network("shared") == FakeBackend.network)
      await #expect(throws: EngineError(.notFound, "network a/b c not found")) { try await client.network("a/b c") }
      var creation = NetworkCreation(name: "shared")
      creation.addresses = NetworkAddresses(pools: [.init(subnet: "172.28.0.0/16")])
      #expect(try await client.createNetwork(creation) == FakeBackend.network)
      creation.name = "taken"
      await #expect(throws: EngineError(.conflict, "network with name taken already exists")) { try await client.createNetwork(creation) }
      var place = NetworkConnection.Place()
      place.aliases = ["www"]
      place.addresses = .init(ipv6: "fd00::5")
      try await client.connectNetwork("shared", NetworkConnection(container: "web", place: place))
      try await client.disconnectNetwork("shared", container: "web")
      #expect(try await client.pruneNetworks(NetworkFilter(["label": ["a=b&c"]], keys: NetworkFilter.pruneKeys)) == ["other"])
      _ = try await client.removeNetwork("shared")
      await #expect(throws: EngineError(.conflict, "shop-web-1 still uses it")) { try await client.removeNetwork("busy") }
    }
    #expect(
      backend.asked.withLock { $0 } == [
        "create shared [\"172.28.0.0/16\"] [:]", "connect shared web [\"www\"] fd00::5", "disconnect shared web",
        "prune [\"label\": [\"a=b&c\"]]", "remove shared",
      ])
  }

  @Test(arguments: [
    (["name=shar"], true), (["name=x", "name=share"], true), (["name=x"], false), (["id=abab"], true), (["driver=bridge"], true),
    (["label=team"], true), (["label=team=shop"], true), (["label=team", "label=x"], false), (["dangling=false"], true),
    (["dangling=true"], false), (["type=builtin"], false), (["scope=local", "type=custom"], true),
  ])
  func `filters are Docker's`(_ arguments: [String], _ isIn: Bool) throws {
    #expect(try NetworkFilter(arguments: arguments).matches(FakeBackend.network, isUsed: true) == isIn)
  }

  @Test(arguments: [
    (["until=24h"], false), (["until=2h"], true), (["until=2026-01-02T03:04:06Z"], true), (["label!=team"], false),
    (["label!=other", "label=team"], true),
  ])
  func `filters of prune are Docker's`(_ arguments: [String], _ goes: Bool) throws {
    // Ten hours after it was made.
    let now: Int64 = 1_767_323_045_000_000_000 + 10 * 3_600_000_000_000
    let filter = try NetworkFilter(arguments: arguments, keys: NetworkFilter.pruneKeys)
    #expect(filter.matches(FakeBackend.network, isUsed: false, now: now) == goes)
  }

  @Test(arguments: [["color=red"], ["name"], ["dangling=maybe"], ["type=own"]])
  func `wrong filters are told`(_ arguments: [String]) {
    #expect(throws: EngineError.self) { try NetworkFilter(arguments: arguments) }
    #expect(throws: EngineError.self) { try NetworkFilter(arguments: ["until=soon"], keys: NetworkFilter.pruneKeys) }
  }
}
