import Backend
import Networking
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// The networks' rules in the packet filter of the machine.
@Suite(.serialized) struct FirewallTests {
  /// Nobody has to ask: what somebody else took away is there again.
  @Test func theTableComesBackByItself() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("fire", ["a": "exec sleep 1000"])
      #expect(try await engine.up(stack).failures == [])
      let table = "muster_" + engine.location.suffix
      @Sendable func listing() async throws -> Outcome { try await run("nft", "list", "table", "inet", table) }
      let before = try await listing().expect().output
      for _ in 0..<2 {
        try await run("nft", "delete", "table", "inet", table).expect()
        let after = try await eventually {
          try await listing()
        } until: {
          $0.status == 0
        }
        #expect(after.output == before)
      }
    }
  }

  /// R25: what somebody deletes by hand is there again, with whoever runs on it.
  @Test func interfacesComeBackByThemselves() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      var stack = engine.stack("links", ["a": "exec sleep 1000", "b": "exec sleep 1000"])
      // One that no other engine takes while the bridge is gone.
      stack.networks["links_default"]?.subnet = "10.233.92.0/24"
      #expect(try await engine.up(stack).failures == [])
      let endpoints = try await #require(engine.backend.containers.find(name: "links-a-1")).restored.endpoints
      let place = try #require(endpoints.first)
      let veth = await engine.backend.networking.hostInterfaces(endpoints)
      @Sendable func speaks() async throws -> Bool {
        try await engine.exec("links", "a", ["ping", "-c", "1", "-W", "1", "links-b-1"]).code == 0
      }
      #expect(try await speaks())
      for link in [place.bridge] + veth {
        try await run("ip", "link", "delete", link).expect()
        let works = try await eventually(within: 20) {
          try await speaks()
        } until: {
          $0
        }
        #expect(works, "\(link)")
        #expect(try await engine.exec("links", "a", ["ip", "route"]).output.contains("default via \(place.gateway)"))
      }
    }
  }

  /// A container that is made anew has the address of the one before it, whatever has come meanwhile.
  @Test func aServiceKeepsItsAddress() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      func stack(_ value: String) -> Stack {
        engine.stack("place", ["a": "exec sleep 1000", "b": "exec sleep 1000"]) { $0.environment["X"] = value }
      }
      #expect(try await engine.up(stack("1")).failures == [])
      @Sendable func places() async throws -> [String] {
        var found: [String] = []
        for name in ["place-a-1", "place-b-1"] {
          let container = try await #require(engine.backend.containers.find(name: name))
          found.append("\(container.id.short) " + (await container.restored.endpoints.first?.address ?? ""))
        }
        return found
      }
      let before = try await places()
      #expect(try await engine.up(stack("2")).failures == [])
      let after = try await places()
      for (old, new) in zip(before, after) {
        #expect(old.split(separator: " ")[0] != new.split(separator: " ")[0])
        #expect(old.split(separator: " ")[1] == new.split(separator: " ")[1])
      }
    }
  }

  /// `x-muster.ports_firewall` changes what decides about a port while its container runs on.
  @Test func portsGoBehindTheHostsRulesInPlace() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let number = try freePort()
      func stack(_ firewall: PortsFirewall?) -> Stack {
        engine.stack("behind", ["a": "exec sleep 1000"]) {
          var port = PortMapping(published: number, target: 80)
          port.firewall = firewall
          $0.ports = [port]
        }
      }
      @Sendable func filtered() async throws -> Bool {
        try await run("nft", "list", "table", "ip", "muster_" + engine.location.suffix).output.contains("tcp . \(number)")
      }
      #expect(try await engine.up(stack(.host)).failures == [])
      let first = try await engine.container("behind-a-1").id
      #expect(try await filtered())
      for (firewall, isFiltered) in [(nil, false), (.host, true), (.bypass, false)] as [(PortsFirewall?, Bool)] {
        #expect(try await engine.up(stack(firewall)).failures == [])
        #expect(try await engine.container("behind-a-1").id == first)
        #expect(try await filtered() == isFiltered, "\(firewall?.rawValue ?? "nothing")")
      }
    }
  }

  @Test func whoseRulesDecideIsSaidInAWord() async throws {
    let directory = try TemporaryDirectory("firewall")
    let error = await #expect(throws: EngineError.self) {
      _ = try await LocalBackend.open(EngineLocation(root: directory("root")), shim: ShimBinary.path(), portsFirewall: "open")
    }
    #expect(error?.subject == "MUSTER_PORTS_FIREWALL")
  }
}
