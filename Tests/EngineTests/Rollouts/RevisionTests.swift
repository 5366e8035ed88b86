import Backend
import OCI
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// What a project has been, and how it becomes that again.
@Suite(.serialized) struct RevisionTests {
  private func stack(_ engine: EngineOfOurOwn, _ level: String) -> Stack {
    engine.stack("shop", ["web": "exec sleep 1000", "db": "exec sleep 1000"]) {
      $0.environment["LEVEL"] = level
      $0.environment["DB_PASSWORD"] = "hunter-\(level)"
    }
  }

  private func rollBack(_ engine: EngineOfOurOwn, _ services: [ServiceName] = [], to number: Int? = nil) async throws -> Report {
    try await engine.backend.carryOut(
      StackRequest(project: "shop", stack: nil, operation: .rollback(services: services, to: number))) { _ in }
  }

  private func levels(_ engine: EngineOfOurOwn) async throws -> [String?] {
    try await [
      engine.container("shop-db-1").spec.options.environment["LEVEL"], engine.container("shop-web-1").spec.options.environment["LEVEL"],
    ]
  }

  @Test func everyChangeIsARevisionAndNoneOtherIs() async throws {
    try await EngineOfOurOwn.with { engine in
      try await engine.up(stack(engine, "one"), caller: Caller(uid: 1000, gid: 1000))
      try await engine.up(stack(engine, "one"))
      try await engine.up(stack(engine, "two"))
      let history = try await engine.backend.history("shop")
      #expect(history.map(\.number) == [2, 1])
      #expect(history.map(\.isCurrent) == [true, false])
      #expect(history.map { $0.caller?.uid } == [nil, 1000])
      #expect(history[1].changes.contains("+ create container shop-web-1 (absent)"))
      let changes = history[0].changes.joined()
      #expect(changes.contains("environment.LEVEL: one → two"))
      #expect(!changes.contains("hunter"), "a variable whose name says that it is secret is shown")
      #expect(history[0].images["web"] == (try await engine.container("shop-web-1").imageID))
      // An engine that comes after knows it too.
      let again = try await engine.reopened()
      #expect(try await again.backend.history("shop") == history)
      try await again.down("shop")
      await #expect(throws: EngineError.self) { try await again.backend.history("shop") }
      await again.end()
    }
  }

  /// What `ps` tells of it.
  @Test func whoIsNotWhatWasAskedForIsOutdated() async throws {
    try await EngineOfOurOwn.with { engine in
      func outdated() async throws -> [[String]?] { try await engine.backend.observe("shop").containers.map(\.outdated) }
      try await engine.up(stack(engine, "one"))
      #expect(try await outdated() == [nil, nil])
      var options = UpOptions()
      options.services = ["web"]
      options.noDependencies = true
      try await engine.up(stack(engine, "two"), options)
      #expect(try await outdated() == [["environment.DB_PASSWORD", "environment.LEVEL"], nil])
      // Another engine knows it as well.
      let again = try await engine.reopened()
      #expect(try await again.backend.observe("shop").containers.map { $0.outdated == nil } == [false, true])
      try await again.up(stack(again, "two"))
      #expect(try await again.backend.observe("shop").containers.allSatisfy { $0.outdated == nil })
      // The name stands for another image now.
      let image = try await again.backend.commit(CommitRequest(container: "shop-web-1", changes: ["ENV VERSION=2"]))
      try await again.backend.tagImage(image.id.description, as: "tiny")
      #expect(try await again.backend.observe("shop").containers.first?.outdated == ["image: tiny is another one now"])
      await again.end()
    }
  }

  @Test func backAndForth() async throws {
    try await EngineOfOurOwn.with { engine in
      for level in ["one", "two", "three"] { #expect(try await engine.up(stack(engine, level)).failures == []) }
      #expect(try await rollBack(engine).failures == [])
      #expect(try await levels(engine) == ["two", "two"])
      #expect(try await rollBack(engine, ["web"], to: 1).failures == [])
      #expect(try await levels(engine) == ["two", "one"])
      let history = try await engine.backend.history("shop")
      #expect(history.map(\.operation) == ["rollback to 1", "rollback to 2", "up", "up", "up"])
      #expect(history.first?.isCurrent == true)
      // What is wanted is what was gone back to, also for who asks without a file.
      #expect(try await engine.backend.plan(StackRequest(project: "shop", stack: nil, operation: .start(services: []))).isEmpty)
      let error = await #expect(throws: EngineError.self) { try await rollBack(engine, to: 77) }
      #expect(error?.description.contains("no revision 77") == true)
      #expect(try await levels(engine) == ["two", "one"])
    }
  }

  @Test func withoutAnEarlierVersionThereIsNoWayBack() async throws {
    try await EngineOfOurOwn.with { engine in
      try await engine.up(stack(engine, "one"))
      let error = await #expect(throws: EngineError.self) { try await rollBack(engine) }
      #expect(error?.description.contains("no earlier version of shop") == true)
    }
  }

  @Test func onlyTheNewestAreKept() async throws {
    try await EngineOfOurOwn.with { engine in
      var options = UpOptions()
      options.starts = false
      for number in 1...(RevisionRow.limit + 3) { try await engine.up(engine.stack("shop", ["web": "exec sleep \(number)"]), options) }
      let numbers = try await engine.backend.history("shop").map(\.number)
      #expect(numbers == Array((4...(RevisionRow.limit + 3)).reversed()))
      let again = try await engine.reopened()
      #expect(try await again.backend.history("shop").map(\.number) == numbers)
      await again.end()
    }
  }
}
