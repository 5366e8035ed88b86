import Backend
import Networking
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// What a service's name means while its containers come and go.
@Suite(.serialized) struct NameTests {
  /// Up and down, several times: whoever asks is told of those that run, and of no other.
  @Test func aServiceThatIsScaledHasNoDeadAddresses() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      func stack(_ count: Int) -> Stack {
        var stack = engine.stack("scaled", ["web": "exec sleep 1000", "client": "exec sleep 1000"])
        stack.services["web"]?.replicas = count
        return stack
      }
      @Sendable func asked() async throws -> Set<String> {
        let output = try await engine.exec("scaled", "client", ["nslookup", "-type=a", "web"]).output
        let answers = output.split(separator: "\n").drop { !$0.hasPrefix("Name:") }.filter { $0.hasPrefix("Address") }
        return Set(answers.compactMap { $0.split(separator: " ").last.map(String.init) })
      }
      for count in [1, 10, 1, 10, 1] {
        #expect(try await engine.up(stack(count)).failures == [])
        var running: Set<String> = []
        for container in await engine.backend.containers.all("scaled") where container.spec.service == "web" {
          running.formUnion(await container.restored.endpoints.map(\.address))
        }
        #expect(running.count == count)
        #expect(try await asked() == running)
      }
    }
  }
}
