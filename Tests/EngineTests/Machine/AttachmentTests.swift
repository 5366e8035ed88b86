import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct AttachmentTests {
  @Test func interfacesAreAsTheStackSays() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("places", ["web": "exec sleep 1000"])
      let back = NetworkName("places_back")
      stack.networks[back] = Network(key: "back", name: back)
      var options = BridgeOptions()
      options.mtu = 1400
      stack.networks[back]?.bridge = options
      var attachment = Attachment(network: back, mac: "02:42:00:00:be:ef")
      attachment.interfaceName = "back"
      attachment.gatewayPriority = 1
      attachment.linkLocalAddresses = ["169.254.7.7"]
      attachment.sysctls = ["net.ipv4.conf.IFNAME.log_martians": "1", "net.ipv4.neigh.IFNAME.gc_stale_time": "77"]
      stack.services["web"]?.options.network = .bridges([Attachment(network: "places_default"), attachment])
      #expect(try await engine.up(stack).failures == [])
      func inside(_ script: String) async throws -> String { try await engine.exec("places", "web", ["sh", "-c", script]).output }
      #expect(try await inside("cat /sys/class/net/back/address /sys/class/net/back/mtu") == "02:42:00:00:be:ef\n1400\n")
      #expect(try await inside("cat /sys/class/net/eth0/mtu") == "1500\n")
      #expect(try await inside("ip -4 addr show dev back").contains("169.254.7.7/16"))
      #expect(try await inside("ip route show default").contains("dev back"))
      #expect(
        try await inside("cat /proc/sys/net/ipv4/conf/back/log_martians /proc/sys/net/ipv4/neigh/back/gc_stale_time") == "1\n77\n")

      // Every one of them is seen when it changes.
      attachment.interfaceName = "other"
      attachment.gatewayPriority = nil
      stack.services["web"]?.options.network = .bridges([Attachment(network: "places_default"), attachment])
      options.mtu = 1300
      stack.networks[back]?.bridge = options
      let plan = try await engine.backend.plan(StackRequest(project: "places", stack: stack, operation: .up(UpOptions())))
      #expect(plan.description.contains("interface other"), "\(plan)")
      #expect(plan.description.contains("networks.back.driver_opts.mtu: 1400 → 1300"), "\(plan)")
    }
  }

  @Test func externalLinksLeadToContainersOfOtherStacks() async throws {
    try await EngineOfOurOwn.with { engine in
      let db = engine.stack("other", ["db": "exec sleep 1000"])
      var web = engine.stack("mine", ["web": "exec sleep 1000"]) {
        $0.network = .bridges([Attachment(network: "other_default")])
        $0.externalLinks = [ExternalLink(container: "other-db-1", alias: "database")]
      }
      web.networks = ["other_default": Network(key: "other", name: "other_default", isExternal: true)]
      // Nothing to link to yet.
      let hasFailed: String
      do { hasFailed = try await engine.up(web).failures.first?.error.message ?? "" } catch { hasFailed = "\(error)" }
      #expect(!hasFailed.isEmpty)

      #expect(try await engine.up(db).failures == [])
      #expect(try await engine.up(web).failures == [])
      let address = try #require(try await engine.container("other-db-1").addresses.values.first)
      #expect(try await engine.exec("mine", "web", ["nslookup", "database"]).output.contains(address))
      #expect(try await engine.exec("mine", "web", ["cat", "/etc/hosts"]).output.contains("\(address)\tdatabase\n"))
      web.services["web"]?.options.externalLinks = [ExternalLink(container: "no-such-1", alias: "database")]
      await #expect(throws: EngineError.self) { try await engine.up(web) }
      #expect(try await engine.down("mine").failures == [])
    }
  }

  @Test func portsAreBoundWhereTheNetworkSays() async throws {
    try await EngineOfOurOwn.with { (engine: EngineOfOurOwn) async throws -> Void in
      var stack = engine.stack("bound", ["web": "exec sleep 1000"])
      stack.services["web"]?.options.ports = [PortMapping(published: nil, target: 80)]
      var options = BridgeOptions()
      options.hostAddress = "127.0.0.1"
      stack.networks["bound_default"]?.bridge = options
      let report = try await engine.up(stack)
      #expect(report.failures == [])
      let container = try await engine.container("bound-web-1")
      #expect(container.ports.map(\.hostAddress) == ["127.0.0.1"])
      let again = try await engine.up(stack)
      #expect(again.plan.isEmpty)
    }
  }
}
