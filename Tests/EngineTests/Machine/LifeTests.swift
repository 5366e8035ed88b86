import Backend
import Glibc
import Reconciler
import StackModel
import StateStore
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct LifeTests {
  @Test func aStackComesUpAndIsThenAsItShallBe() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("life", ["web": "echo ready; exec sleep 1000", "db": "exec sleep 1000"])
      let report = try await engine.up(stack)
      #expect(report.failures == [])
      let web = try await engine.container("life-web-1")
      #expect(web.state == .running)
      #expect(web.addresses.count == 1)
      let exec = try await engine.exec("life", "web", ["sh", "-c", "nslookup db; exit 3"])
      #expect(exec.code == 3)
      #expect(exec.output.contains(try await engine.container("life-db-1").addresses.values.first ?? "none"), "\(exec.output)")
      #expect(try await engine.up(stack).plan.isEmpty)
      let down = try await engine.down("life")
      #expect(down.failures == [])
      #expect(await engine.backend.containers.all().isEmpty)
      #expect(try await engine.backend.observe("life").networks.isEmpty)
    }
  }

  /// What is told of a container while it goes must not bring its record back: the next engine would find a container without files.
  @Test func whatIsRemovedIsNotWrittenDownAgain() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("gone", ["a": "exec sleep 1000"])
      for _ in 0..<20 {
        #expect(try await engine.up(stack).failures == [])
        let container = try #require(await engine.backend.containers.find(name: "gone-a-1"))
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<20 { group.addTask { try await container.persist() } }
          try await engine.backend.remove(container.id, volumes: true)
          for _ in 0..<20 { group.addTask { try await container.persist() } }
          try await group.waitForAll()
        }
        #expect(try await engine.backend.store.all(ContainerRecord.self).records.map(\.key) == [])
      }
      #expect(try await engine.down("gone").failures == [])
    }
  }

  @Test func exitCodesAndLogsAreKept() async throws {
    try await EngineOfOurOwn.with { engine in
      try await engine.up(engine.stack("codes", ["a": "echo one; echo two >&2; exit 7"]))
      let container = try #require(await engine.backend.containers.find(name: "codes-a-1"))
      _ = await container.waitUntilEnded(before: nil)
      let observed = await container.observed
      #expect(observed.state == .exited)
      #expect(observed.exitCode == 7)
      #expect(try await engine.log("codes").sorted() == ["one\n", "two\n"])
    }
  }

  @Test func aProgramThatIsNotThereIsToldAndLeavesNothingRunning() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("missing", ["a": ""])
      stack.services["a"]?.options.command = ["no-such-program"]
      let report = try await engine.up(stack)
      #expect(report.failures.first?.error.message.contains("executable file not found in $PATH") == true, "\(report.failures)")
      #expect(try await engine.container("missing-a-1").pid == nil)
    }
  }

  @Test func stopsWithTheSignalAndThenByForce() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack(
        "stop",
        [
          "polite": "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done",
          "deaf": "trap '' TERM; echo up; while :; do sleep 0.05; done",
        ])
      try await engine.up(stack)
      _ = try await eventually {
        try await engine.log("stop")
      } until: {
        $0.count == 2
      }
      _ = try await engine.backend.carryOut(StackRequest(project: "stop", stack: nil, operation: .stop(services: [], timeout: nil))) { _ in
      }
      #expect(try await engine.container("stop-polite-1").exitCode == 5)
      #expect(try await engine.container("stop-deaf-1").exitCode == 137)
    }
  }

  @Test func aRestartPolicyBringsItBack() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("again", ["a": "echo x; exit 1"]) { $0.restart = .onFailure(maximum: 2) }
      try await engine.up(stack)
      let last = try await eventually {
        try await engine.container("again-a-1")
      } until: {
        $0.state == .exited && $0.restarts == 2
      }
      #expect(last.exitCode == 1)
      #expect(try await engine.log("again").count == 3)
    }
  }

  @Test func containersOutliveTheEngine() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("outlive", ["stays": "exec sleep 1000", "ends": "read x < /srv/seed/one; sleep 1; exit 9"])
      try await engine.up(stack)
      let before = try await engine.container("outlive-stays-1")
      await engine.backend.shutDown()
      _ = try await eventually {
        true
      } until: { _ in
        access("\(engine.location.runDirectory)/c/\(stack.name)", F_OK) != 0
      }
      let next = try await engine.reopened()
      let after = try await next.container("outlive-stays-1")
      #expect(after.pid == before.pid)
      #expect(after.addresses == before.addresses)
      let ended = try await eventually {
        try await next.container("outlive-ends-1")
      } until: {
        $0.state == .exited
      }
      #expect(ended.exitCode == 9)
      #expect(try await next.exec("outlive", "stays", ["true"]).code == 0)
      #expect(try await next.up(stack).plan.steps.allSatisfy { $0.action.subject != "Container outlive-stays-1" })
      await next.end()
    }
  }

  @Test func volumesAreSeededKeptAndRemoved() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("data", ["a": "exec sleep 1000"]) {
        $0.mounts = [Mount(source: .volume("data_seed"), target: "/srv/seed")]
      }
      stack.volumes["data_seed"] = Volume(key: "seed", name: "data_seed")
      try await engine.up(stack)
      #expect(try await engine.exec("data", "a", ["cat", "/srv/seed/one", "/srv/seed/deep/two"]).output == "first\nsecond\n")
      #expect(try await engine.exec("data", "a", ["sh", "-c", "echo kept > /srv/seed/one"]).code == 0)
      try await engine.down("data")
      try await engine.up(stack)
      #expect(try await engine.exec("data", "a", ["cat", "/srv/seed/one"]).output == "kept\n")
      #expect(try await engine.down("data", volumes: true).failures == [])
      #expect(try await engine.backend.observe("data").volumes.isEmpty)
    }
  }

  @Test func aSecretIsAFileAndNothingElse() async throws {
    try await EngineOfOurOwn.with { engine in
      let file = try TemporaryDirectory("secret")
      try file.write("value", "hunter2-hunter2")
      var stack = engine.stack("secret", ["a": "exec sleep 1000"]) {
        $0.user = "app"
        $0.secrets = [FileGrant(source: "password", target: "/run/secrets/password", uid: "1000", mode: 0o400)]
      }
      stack.secrets["password"] = FileSource(origin: .file(file("value")))
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.exec("secret", "a", ["cat", "/run/secrets/password"]).output == "hunter2-hunter2")
      #expect(try await engine.exec("secret", "a", ["stat", "-c", "%a %u", "/run/secrets/password"]).output == "400 1000\n")
      let found = try await run("grep", "-r", "-l", "hunter2-hunter2", engine.location.root)
      #expect(found.output.isEmpty, "\(found)")
      try file.write("value", "changed")
      let plan = try await engine.backend.plan(StackRequest(project: "secret", stack: stack, operation: .up(UpOptions())))
      #expect(
        plan.steps.contains {
          $0.reasons.contains { if case .changed(let fields) = $0 { fields.map(\.path) == ["secrets.password"] } else { false } }
        })
    }
  }
}
