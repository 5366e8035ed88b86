import Backend
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
}
