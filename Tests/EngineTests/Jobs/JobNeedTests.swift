import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Jobs that depend on jobs.
@Suite(.serialized) struct JobNeedTests {
  private let success = Dependency(condition: .completed)

  /// Who asks for a run asks for all that it needs, each once.
  @Test func aRunThatIsAskedForHasThoseRunThatItNeeds() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("needs", jobs: ["report": "exit 0", "dump": "exit 0", "seed": "sleep 0.3"])
      stack.jobs?["report"]?.definition.dependsOn = ["dump": success, "seed": success]
      stack.jobs?["dump"]?.definition.dependsOn = ["seed": success]
      // It may not be run by hand, and is run all the same where another needs it.
      stack.jobs?["seed"]?.triggers.isManual = false
      #expect(try await engine.up(stack).failures == [])
      for round in 1...2 {
        let run = try await engine.start("needs", "report")
        let report = try await engine.ended("needs", "report", run.number)
        #expect(report.state == .succeeded && report.trigger == .manual, "\(report)")
        for job in ["dump", "seed"] as [JobName] {
          let runs = try await engine.runs("needs", job)
          #expect(runs.count == round && runs.first?.trigger == .dependency && runs.first?.state == .succeeded, "\(runs)")
          #expect((runs.first?.finishedAt ?? .max) <= (report.startedAt ?? 0), "\(job) is over before report begins")
        }
      }
    }
  }

  @Test func whatDoesNotSucceedIsTheReason() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("fails", jobs: ["report": "exit 0", "any": "exit 0", "dump": "exit 3"])
      stack.jobs?["report"]?.definition.dependsOn = ["dump": success]
      stack.jobs?["any"]?.definition.dependsOn = ["dump": Dependency(condition: .completed, isRequired: false)]
      #expect(try await engine.up(stack).failures == [])
      _ = try await engine.start("fails", "report")
      let report = try await engine.ended("fails", "report", 1)
      #expect(report.state == .failed && report.containerID == nil && report.exitCode == nil, "\(report)")
      #expect(report.reason == "dump, which it depends on, did not succeed: run 1 failed (exit 3)", "\(report)")
      _ = try await engine.start("fails", "any")
      #expect(try await engine.ended("fails", "any", 1).state == .succeeded)
      #expect(try await engine.runs("fails", "dump").count == 2)
    }
  }

  @Test func aRunThatGoesOnIsWaitedForByTheNextEngineToo() async throws {
    try await EngineOfOurOwn.with { engine in
      let gate = try JobGate()
      var stack = engine.stack("open", jobs: ["report": "exit 0", "dump": "\(JobGate.waiting); exit 0"]) {
        $0.options.mounts = [gate.mount]
      }
      stack.jobs?["report"]?.definition.dependsOn = ["dump": success]
      #expect(try await engine.up(stack).failures == [])
      let dump = try await engine.start("open", "dump")
      _ = try await engine.running("open", "dump", dump.number)
      _ = try await engine.start("open", "report")
      try await Task.sleep(for: .milliseconds(500))
      #expect(try await engine.runs("open", "report").map(\.state) == [.waiting])
      let next = try await engine.reopened()
      try gate.open()
      #expect(try await next.ended("open", "report", 1).state == .succeeded)
      #expect(try await next.runs("open", "dump").map(\.number) == [1])
      // Whoever gives up the run that waits leaves the other alone.
      #expect(try await next.down("open").failures == [])
      await next.end()
    }
  }

  /// At one moment both are due, and the one that waits comes first by its name.
  @Test func aRunThatIsDueNeedsTheLastRunToHaveSucceeded() async throws {
    let clock = try SetClock("2026-01-01T00:00:30Z")
    try await EngineOfOurOwn.with(clock: clock) { engine in
      let gate = try JobGate()
      var stack = engine.stack(
        "due", jobs: ["a": "exit 0", "z": "sleep 0.5; test -e /gate/open"], [JobSchedule(cron: "* * * * *")]
      ) { $0.options.mounts = [gate.mount] }
      stack.jobs?["a"]?.definition.dependsOn = ["z": success]
      for (name, other) in [("never", "z"), ("b", "a")] as [(JobName, JobName)] {
        var job = try #require(stack.jobs?[other])
        job.definition.name = name.service
        if name == "never" { job.triggers.schedules = [] } else { job.definition.dependsOn = ["never": success] }
        stack.jobs?[name] = job
      }
      #expect(try await engine.up(stack).failures == [])
      try clock.set("2026-01-01T00:01:00Z")
      let first = try await engine.ended("due", "a", 1)
      #expect(first.state == .failed && first.reason == "z, which it depends on, did not succeed: run 1 failed (exit 1)", "\(first)")
      let unasked = try await engine.ended("due", "b", 1)
      #expect(unasked.reason == "never, which it depends on, has not run yet", "\(unasked)")
      #expect(try await engine.runs("due", "never") == [], "nobody has asked for it")
      try gate.open()
      try clock.set("2026-01-01T00:02:00Z")
      let second = try await engine.ended("due", "a", 2)
      #expect(second.state == .succeeded && second.trigger == .schedule, "\(second)")
      #expect(try await engine.runs("due", "z").map(\.trigger) == [.schedule, .schedule])
    }
  }
}
