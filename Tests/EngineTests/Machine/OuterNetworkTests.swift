import Backend
import Networking
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Networks of the drivers `macvlan` and `ipvlan`, of a parent that is made for the test.
@Suite(.serialized) struct OuterNetworkTests {
  private func withParent(_ body: (_ parent: String) async throws -> Void) async throws {
    let parent = "mt-outer0"
    try await run("ip", "link", "add", parent, "type", "veth", "peer", "name", "mt-outer1").expect()
    do {
      for end in [parent, "mt-outer1"] { try await run("ip", "link", "set", end, "up").expect() }
      try await body(parent)
    } catch {
      _ = try? await run("ip", "link", "delete", parent)
      throw error
    }
    try await run("ip", "link", "delete", parent).expect()
  }

  /// Networks of one parent, of the container's own set-up and of those that are changed while it runs.
  private func play(_ set: (inout Network, String) -> Void) async throws {
    try await withParent { parent in
      try await EngineOfOurOwn.with { engine in
        var stack = engine.stack("outer", ["web": "exec sleep 1000", "peer": "exec sleep 1000"])
        func network(_ key: String, _ subnet: String) -> NetworkName {
          let name = NetworkName("outer_\(key)")
          stack.networks[name] = Network(key: key, name: name, subnet: subnet)
          set(&stack.networks[name, default: Network(key: key, name: name)], parent)
          return name
        }
        let (lan, far) = (network("lan", "198.18.40.0/24"), network("far", "198.18.41.0/24"))
        stack.services["web"]?.options.network = .bridges([Attachment(network: lan), Attachment(network: far)])
        stack.services["peer"]?.options.network = .bridges([Attachment(network: lan)])
        let report = try await engine.up(stack)
        #expect(report.failures == [], "\(report.failures)")
        func addresses(_ service: ServiceName) async throws -> [String] {
          let lines = try await engine.exec("outer", service, ["ip", "-4", "-o", "addr"]).output.split(separator: "\n")
          return lines.compactMap { line in
            let words = line.split(separator: " ")
            return words.count > 3 && words[1] != "lo" ? "\(words[1]) \(words[3])" : nil
          }.sorted()
        }
        let both = try await addresses("web")
        #expect(both.count == 2 && both[0].hasPrefix("eth0 198.18.40.") && both[1].hasPrefix("eth1 198.18.41."), "\(both)")
        #expect(try await engine.up(stack).plan.isEmpty)

        // Off one and on it again, and on others, while it runs.
        let pid = try await engine.exec("outer", "web", ["cat", "/proc/1/stat"]).output
        try await engine.backend.disconnectNetwork(far.rawValue, container: "outer-web-1")
        #expect(try await addresses("web") == [both[0]])
        try await engine.backend.connectNetwork(far.rawValue, NetworkConnection(container: "outer-web-1"))
        #expect(try await addresses("web") == both)
        try await engine.backend.connectNetwork(far.rawValue, NetworkConnection(container: "outer-peer-1"))
        let peer = try await addresses("peer")
        #expect(peer.count == 2 && peer[1].hasPrefix("eth1 198.18.41."), "\(peer)")
        let address = peer[1].dropFirst(5).prefix { $0 != "/" }
        #expect(try await engine.exec("outer", "web", ["ping", "-c", "1", "-W", "5", String(address)]).code == 0)
        #expect(try await engine.exec("outer", "web", ["cat", "/proc/1/stat"]).output.prefix(1) == pid.prefix(1))

        let summary = try await engine.backend.network(lan.rawValue)
        #expect(summary.driver == stack.networks[lan]?.driver && summary.options["parent"] == parent && summary.options.count == 1)
        #expect(Set(summary.containers.values.map(\.endpoint)).count == 2)
        #expect(try await engine.down("outer").failures == [])
      }
    }
  }

  @Test(.enabled(if: KernelLinks.haveMacvlan, "this kernel has no macvlan: modprobe macvlan")) func macvlan() async throws {
    try await play { $0.macvlan = MacvlanOptions(parent: $1) }
  }

  @Test(.enabled(if: KernelLinks.haveIpvlan, "this kernel has no ipvlan: modprobe ipvlan")) func ipvlan() async throws {
    try await play { $0.ipvlan = IpvlanOptions(parent: $1) }
  }

  @Test(.enabled(if: KernelLinks.haveIpvlan, "this kernel has no ipvlan: modprobe ipvlan")) func byTheHostsRoutes() async throws {
    try await withParent { parent in
      try await EngineOfOurOwn.with { engine in
        var stack = engine.stack("deep", ["web": "exec sleep 1000"])
        stack.networks["deep_default"]?.ipvlan = IpvlanOptions(parent: parent, mode: .l3)
        let report = try await engine.up(stack)
        #expect(report.failures == [], "\(report.failures)")
        let routes = try await engine.exec("deep", "web", ["ip", "route"]).output
        #expect(routes.contains("default dev eth0"), "\(routes)")
        // From a bridge to that and back, while it runs.
        _ = try await engine.backend.createNetwork(NetworkCreation(name: "deepbridge"))
        try await engine.backend.connectNetwork("deepbridge", NetworkConnection(container: "deep-web-1"))
        try await engine.backend.disconnectNetwork("deep_default", container: "deep-web-1")
        #expect(try await engine.exec("deep", "web", ["ip", "route"]).output.contains("default via"))
        try await engine.backend.connectNetwork("deep_default", NetworkConnection(container: "deep-web-1"))
        try await engine.backend.disconnectNetwork("deepbridge", container: "deep-web-1")
        #expect(try await engine.exec("deep", "web", ["ip", "route"]).output.contains("default dev"))
        var place = NetworkConnection.Place()
        place.mac = "02:42:00:00:00:07"
        await #expect {
          try await engine.backend.connectNetwork("deep_default", NetworkConnection(container: "deep-web-1", place: place))
        } throws: {
          "\($0)".contains("remove mac_address")
        }
        #expect(try await engine.down("deep").failures == [])
        _ = try await engine.backend.removeNetwork("deepbridge")
      }
    }
  }

  /// Before images, volumes and networks are made.
  @Test func whatThisMachineCannotHaveIsSaidFirst() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("first", ["web": "exec sleep 1000"])
      stack.networks["first_default"]?.subnet = "198.18.42.0/24"
      stack.networks["first_default"]?.ipvlan = IpvlanOptions(parent: "mt-absent0")
      let other = NetworkName("first_a")
      stack.networks[other] = Network(key: "a", name: other)
      stack.services["web"]?.options.network = .bridges([Attachment(network: "first_default"), Attachment(network: other)])
      await #expect {
        try await engine.up(stack)
      } throws: {
        "\($0)".contains(KernelLinks.haveIpvlan ? "the host has no interface mt-absent0" : "kernel has no ipvlan (modprobe ipvlan)")
      }
      #expect(await engine.backend.networking.records.isEmpty)
    }
  }
}
