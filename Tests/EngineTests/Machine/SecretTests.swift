import Backend
import Glibc
import Reconciler
import SecretStore
import StackModel
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct SecretTests {
  /// K6: 1,000 with `MUSTER_TEST_ROTATIONS=1000`.
  @Test func noReaderSeesATornValue() async throws {
    try await EngineOfOurOwn.with { engine in
      let rotations = number("MUSTER_TEST_ROTATIONS") ?? 100
      func value(_ round: Int) -> [UInt8] { [UInt8](repeating: UInt8(0x61 + round % 26), count: 3999) + [0x0A] }
      _ = try await engine.backend.createSecret("s", .bytes(value(0)), labels: [:])
      let script = """
        n=0
        while :; do
          for f in /run/secrets/s /conf/s; do
            read -r v <$f || echo "torn in $f"
            [ ${#v} = 3999 ] || echo "${#v} bytes in $f"
          done
          n=$((n+1)); [ $((n%1000)) = 0 ] && echo "$n read"
        done
        """
      let stack = stack(engine, "torn", script, grants: [("s", "/run/secrets/s"), ("s", "/conf/s")])
      #expect(try await engine.up(stack).failures == [])
      func mounts() async throws -> Int? {
        Int(try await engine.exec("torn", "app", ["sh", "-c", "wc -l </proc/mounts"]).output.dropLast())
      }
      let before = try #require(await mounts())
      for round in 1...rotations {
        let outcome = try await engine.backend.rotateSecret("s", .bytes(value(round)))
        #expect(outcome.containers.map(\.what) == [.updated], "\(outcome)")
      }
      for file in ["/run/secrets/s", "/conf/s"] {
        let read = try await engine.exec("torn", "app", ["head", "-c", "1", file]).output
        #expect(Array(read.utf8) == [value(rotations)[0]], "\(file)")
      }
      let files = try await engine.exec("torn", "app", ["ls", "-A", "/run/secrets/.bound"]).output.split(separator: "\n")
      // Before Linux 6.5 (no MOVE_MOUNT_BENEATH), what was bound stays below what is bound now.
      let left = hasMoveMountBeneath() ? 0 : rotations
      #expect(try await mounts() == before + left, "mounts pile up")
      #expect(files.contains("secret-1") && files.count == 1 + left)
      #expect(try await engine.log("torn").filter { !$0.hasSuffix(" read\n") } == [])
    }
  }

  @Test func whatWasStoredAndNotDeliveredIsDeliveredByTheNextEngine() async throws {
    try await EngineOfOurOwn.with { engine in
      _ = try await engine.backend.createSecret("s", .bytes(Array("old".utf8)), labels: [:])
      let stack = stack(engine, "late", "exec sleep 1000", grants: [("s", "/run/secrets/s")])
      #expect(try await engine.up(stack).failures == [])
      // As if the engine had died between writing the version down and delivering it.
      try engine.backend.secretStore.rotate("s", Array("new".utf8))
      #expect(try await engine.exec("late", "app", ["cat", "/run/secrets/s"]).output == "old")
      let plan = try await engine.backend.plan(StackRequest(project: "late", stack: stack, operation: .up(UpOptions())))
      #expect(plan.description.contains("secrets.s: changed"))
      let next = try await engine.reopened()
      #expect(try await next.exec("late", "app", ["cat", "/run/secrets/s"]).output == "new")
      #expect(try await next.up(stack).plan.isEmpty)
      try await next.down("late")
      await next.backend.shutDown()
    }
  }

  @Test func versionsAreNamedWithTheirContainers() async throws {
    try await EngineOfOurOwn.with { engine in
      _ = try await engine.backend.createSecret("s", .bytes(Array("old".utf8)), labels: [:])
      let stack = stack(engine, "uses", "exec sleep 1000", grants: [("s", "/run/secrets/s")])
      #expect(try await engine.up(stack).failures == [])
      try await engine.backend.container(named: "uses-app-1").stop(grace: .zero)
      _ = try await engine.backend.rotateSecret("s", .bytes(Array("new".utf8)))
      #expect(try await engine.backend.secret("s").versions.map(\.usedBy) == [["uses-app-1"], []])
      try await engine.backend.container(named: "uses-app-1").start()
      #expect(try await engine.backend.secret("s").versions.map(\.usedBy) == [[], ["uses-app-1"]])
      #expect(try await engine.up(stack).plan.isEmpty, "what a start delivers is delivered")
      await #expect(throws: EngineError.self) { try await engine.backend.removeSecret("s") }
      try await engine.down("uses")
      try await engine.backend.removeSecret("s")
    }
  }

  /// K15: what 20 secrets add to a start. Told, not asserted: other tests run at the same time.
  @Test func aStartWithTwentySecrets() async throws {
    try await EngineOfOurOwn.with { engine in
      var times: [Duration] = []
      for count in [0, 20] {
        for number in 0..<count {
          _ = try await engine.backend.createSecret("s\(number)", .generated(length: 64, charset: "ascii"), labels: [:])
        }
        let stack = stack(
          engine, ProjectName("start\(count)"), "exec sleep 1000", grants: (0..<count).map { ("s\($0)", "/run/secrets/s\($0)") })
        #expect(try await engine.up(stack).failures == [])
        let container = try await engine.backend.container(named: "\(stack.name)-app-1")
        var taken: [Duration] = []
        for _ in 0..<10 {
          try await container.stop(grace: .zero)
          taken.append(try await ContinuousClock().measure { try await container.start() })
        }
        #expect(try await engine.exec(stack.name, "app", ["ls", "/run/secrets"]).output.split(separator: "\n").count >= count)
        times.append(taken.sorted()[taken.count / 2])
      }
      print("a start without secrets \(times[0]), with twenty \(times[1])")
    }
  }

  /// A stack of one service with secrets of the store.
  private func stack(_ engine: EngineOfOurOwn, _ name: ProjectName, _ script: String, grants: [(String, String)]) -> Stack {
    var stack = engine.stack(name, ["app": script]) { options in
      options.secrets = grants.map { FileGrant(source: $0.0, target: $0.1) }
    }
    for grant in grants { stack.secrets[SecretName(grant.0)] = FileSource(origin: .stored(grant.0), name: grant.0) }
    return stack
  }
}

/// A number from the environment.
/// From Linux 6.5 on.
private func hasMoveMountBeneath() -> Bool {
  let numbers = ((try? readText("/proc/sys/kernel/osrelease")) ?? "").split(separator: ".").prefix(2).compactMap { Int($0) }
  return numbers.lexicographicallyPrecedes([6, 5]) == false
}

private func number(_ variable: String) -> Int? { getenv(variable).flatMap { Int(String(cString: $0)) } }
