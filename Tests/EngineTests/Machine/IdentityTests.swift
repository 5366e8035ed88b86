import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct IdentityTests {
  @Test func groupsAndNamesAreTheContainers() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("named", ["web": "exec sleep 1000"]) {
        $0.user = "app"
        $0.groups = ["extra", "nogroup", "4711"]
        $0.hostname = "shop"
        $0.domainname = "example.org"
        $0.labels = ["team": "web"]
        $0.annotations = ["org.example.note": "kept"]
      }
      #expect(try await engine.up(stack).failures == [])
      let identity = try await engine.exec(
        "named", "web", ["sh", "-c", "id -G; cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname"])
      let lines = identity.output.split(separator: "\n").map(String.init)
      #expect(lines.dropFirst() == ["shop", "example.org"], "\(lines)")
      #expect(Set(lines[0].split(separator: " ")) == ["1000", "2000", "65534", "4711"])
      // The first process has the same.
      let first = try await engine.exec("named", "web", ["grep", "^Groups", "/proc/1/status"]).output
      #expect(Set(first.split(whereSeparator: \.isWhitespace).dropFirst()) == ["1000", "2000", "65534", "4711"], "\(first)")
      #expect(try await engine.exec("named", "web", ["hostname", "-f"]).output == "shop.example.org\n")
      let spec = try await engine.container("named-web-1").spec
      #expect(spec.options.labels == ["team": "web"] && spec.options.annotations == ["org.example.note": "kept"])
      #expect(try await engine.up(stack).plan.isEmpty)
    }
  }
}
