import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Runs that somebody does not want any more, on the kernel.
@Suite(.serialized) struct JobCancelTests {
  private static let endless = "trap 'echo bye; exit 9' TERM; echo begun; while :; do sleep 0.05; done"

  private func cancel(_ engine: EngineOfOurOwn, _ project: ProjectName, _ job: JobName, _ number: Int? = nil, timeout: Int? = nil)
    async throws -> [JobRun]
  {
    try await engine.backend.cancelJob(JobCancelRequest(project: project, job: job, number: number, timeout: timeout))
  }

  /// Once its trap is set.
  private func hasBegun(_ engine: EngineOfOurOwn, _ project: ProjectName, _ job: JobName, _ number: Int) async throws {
    _ = try await engine.running(project, job, number)
    let lines = try await eventually {
      try await engine.output(project, job, number)
    } until: {
      $0.contains("begun\n")
    }
    #expect(lines == ["begun\n"])
  }

  @Test func whatRunsIsStoppedAndTold() async throws {
    try await EngineOfOurOwn.with { engine in
      let told = Told()
      let events = try await engine.backend.events(EventRequest(project: "ends"))
      let listening = Task { for try await event in events { told.add(event) } }
      defer { listening.cancel() }
      #expect(try await engine.up(engine.stack("ends", jobs: ["long": Self.endless])).failures == [])
      _ = try await engine.start("ends", "long")
      try await hasBegun(engine, "ends", "long", 1)
      let runs = try await cancel(engine, "ends", "long", timeout: 60)
      let run = try #require(runs.first)
      #expect(runs.count == 1 && run.number == 1 && run.state == .cancelled && run.exitCode == 9, "\(run)")
      #expect(run.reason == "it was cancelled" && run.startedAt != nil && run.finishedAt != nil)
      // When it returns nothing is left but the history and what it wrote.
      #expect(await engine.backend.containers.all().isEmpty)
      #expect(try await engine.runs("ends", "long") == runs)
      #expect(try await engine.output("ends", "long", 1) == ["begun\n", "bye\n"])
      let ended = Event.JobChange(job: "long", number: 1, what: .ended(code: 9, outOfMemory: false, reason: "it was cancelled"))
      let changes = try await eventually {
        told.events.compactMap { if case .job(let change) = $0.kind { change } else { nil } }
      } until: {
        $0.contains(ended)
      }
      #expect(changes.contains(ended), "\(changes)")

      // The job goes on.
      #expect(try await engine.start("ends", "long").number == 2)
      try await hasBegun(engine, "ends", "long", 2)
      // Killed at once, unless its own end by the signal comes first.
      let killed = try await cancel(engine, "ends", "long", 2, timeout: 0).map(\.exitCode)
      #expect(killed == [137] || killed == [9], "\(killed)")
      // The next engine knows it too.
      let next = try await engine.reopened()
      #expect(try await next.runs("ends", "long").map(\.state) == [.cancelled, .cancelled])
      await next.end()
    }
  }

  @Test func aRunThatAnEarlierEngineBeganIsStopped() async throws {
    try await EngineOfOurOwn.with { engine in
      #expect(try await engine.up(engine.stack("found", jobs: ["long": Self.endless])).failures == [])
      _ = try await engine.start("found", "long")
      try await hasBegun(engine, "found", "long", 1)
      let next = try await engine.reopened()
      _ = try await next.running("found", "long", 1)
      let runs = try await cancel(next, "found", "long", 1, timeout: 60)
      #expect(runs.map(\.state) == [.cancelled] && runs.map(\.exitCode) == [9], "\(runs)")
      #expect(await next.backend.containers.all().isEmpty)
      await next.end()
    }
  }

  @Test func whatWaitsInLineNeverBegins() async throws {
    let clock = try SetClock("2026-01-01T00:00:30Z")
    try await EngineOfOurOwn.with(clock: clock) { engine in
      let schedule = JobSchedule(cron: "* * * * *", concurrency: .queue)
      #expect(try await engine.up(engine.stack("line", jobs: ["tick": Self.endless], [schedule])).failures == [])
      func states() async throws -> [String] {
        try await engine.runs("line", "tick").reversed().map { "\($0.number) \($0.state.rawValue)" }
      }
      func waiting(_ number: Int) async throws {
        let run = try await eventually {
          try await engine.runs("line", "tick").first
        } until: {
          $0?.number == number && $0?.state == .waiting
        }
        #expect(run?.number == number && run?.state == .waiting, "\(String(describing: run))")
      }
      try clock.set("2026-01-01T00:01:00Z")
      try await hasBegun(engine, "line", "tick", 1)
      try clock.set("2026-01-01T00:02:00Z")
      try await waiting(2)
      let waited = try await cancel(engine, "line", "tick", 2)
      #expect(waited.map(\.state) == [.cancelled] && waited.first?.exitCode == nil, "\(waited)")
      #expect(waited.first?.reason == "it was cancelled")
      #expect(try await states() == ["1 running", "2 cancelled"])
      // Its place is free; and all at once are all.
      try clock.set("2026-01-01T00:03:00Z")
      try await waiting(3)
      let all = try await cancel(engine, "line", "tick", timeout: 60)
      #expect(all.map(\.number) == [1, 3] && all.map(\.state) == [.cancelled, .cancelled] && all.map(\.exitCode) == [9, nil], "\(all)")
      #expect(await engine.backend.containers.all().isEmpty)
      let next = try await engine.reopened(clock: clock)
      #expect(try await next.runs("line", "tick").map(\.state) == [.cancelled, .cancelled, .cancelled])
      // The schedule goes on.
      try clock.set("2026-01-01T00:04:00Z")
      _ = try await next.running("line", "tick", 4)
      await next.end()
    }
  }

  @Test func whatHasNoContainerYetGetsNone() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("early", jobs: ["needs": "exit 0", "free": "exit 0"])
      var db = Service(name: "db", image: "tiny")
      db.options.command = ["sleep", "1000"]
      db.options.network = .none
      db.options.stopGracePeriod = .seconds(0)
      db.options.healthcheck = Healthcheck(test: ["CMD", "false"], interval: .milliseconds(100), retries: 1000)
      stack.services["db"] = db
      stack.jobs?["needs"]?.definition.dependsOn = ["db": Dependency(condition: .healthy)]
      #expect(try await engine.up(stack).failures == [])
      // It waits for what it depends on.
      _ = try await engine.start("early", "needs")
      #expect(try await engine.runs("early", "needs").map(\.state) == [.waiting])
      let waited = try await cancel(engine, "early", "needs")
      #expect(waited.map(\.state) == [.cancelled] && waited.first?.containerID == nil && waited.first?.startedAt == nil, "\(waited)")
      // It waits for what is done to its project, and is not waited for.
      try await engine.backend.projects.alone(on: "early") {
        _ = try await engine.start("early", "free")
        #expect(try await cancel(engine, "early", "free").map(\.state) == [.cancelled])
      }
      // Its turn has come and gone, or comes and does nothing.
      await engine.backend.projects.alone(on: "early") {}
      #expect(await engine.backend.containers.all().filter { $0.spec.isOneOff }.isEmpty)
      #expect(try await engine.runs("early", "free").map(\.state) == [.cancelled])
      let again = try await engine.start("early", "free")
      #expect(try await engine.ended("early", "free", again.number).state == .succeeded)
    }
  }

  /// It is cancelled while its container is made.
  @Test func whatIsMadeAndNotWantedIsNotStarted() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("made", jobs: ["free": "exit 0"])
      #expect(try await engine.up(stack).failures == [])
      let job = try #require(stack.jobs?["free"])
      let run = JobRun(project: "made", job: "free", number: 1, trigger: .manual, state: .waiting, createdAt: 1)
      await engine.backend.jobs.note(run, JobScheduler.Key(project: "made", name: "free"))
      await #expect(throws: CancellationError.self) { try await engine.backend.beginRun("made", "free", 1, job) { _ in false } }
      #expect(await engine.backend.containers.all().isEmpty)
    }
  }

  @Test func refusals() async throws {
    try await EngineOfOurOwn.with { engine in
      #expect(try await engine.up(engine.stack("over", jobs: ["once": "exit 0"])).failures == [])
      #expect(try await cancel(engine, "over", "once") == [])
      let number = try await engine.start("over", "once").number
      _ = try await engine.ended("over", "once", number)
      let over = await #expect(throws: EngineError.self) { try await cancel(engine, "over", "once", number) }
      #expect(over?.code == .conflict && over?.message == "run 1 is over: succeeded" && over?.hint?.contains("job history once") == true)
      let unknown = await #expect(throws: EngineError.self) { try await cancel(engine, "over", "once", 9) }
      #expect(unknown?.code == .notFound && unknown?.message == "the job has no run 9 that is kept")
      let noJob = await #expect(throws: EngineError.self) { try await cancel(engine, "over", "twice") }
      #expect(noJob?.code == .notFound && noJob?.hint == "its jobs are once")
      #expect(try await engine.runs("over", "once").map(\.state) == [.succeeded])
    }
  }
}
