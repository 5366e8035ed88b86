import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Jobs on the kernel by a clock that is set: due, overlapping, missed.
@Suite(.serialized) struct JobScheduleTests {
  private func states(_ runs: [JobRun]) -> [String] { runs.reversed().map { "\($0.number) \($0.trigger.rawValue) \($0.state.rawValue)" } }

  /// The history, once it is so, the oldest first.
  private func history(_ engine: EngineOfOurOwn, _ job: JobName, _ expected: [String]) async throws -> [String] {
    try await eventually(within: 30) {
      states(try await engine.runs("cron", job))
    } until: {
      $0 == expected
    }
  }

  @Test func runsWhenItIsDueAndNotTwiceAtATime() async throws {
    let clock = try SetClock("2026-01-01T00:00:30Z")
    try await EngineOfOurOwn.with(clock: clock) { engine in
      let gate = try JobGate()
      let stack = engine.stack("cron", jobs: ["tick": "\(JobGate.waiting); exit 0"], [JobSchedule(cron: "* * * * *")]) {
        $0.options.mounts = [gate.mount]
      }
      #expect(try await engine.up(stack).failures == [])
      let due = try #require(try await engine.backend.jobs("cron").first?.nextAt)
      #expect(Timestamp.text(due).hasPrefix("2026-01-01T00:01:00"))
      try await Task.sleep(for: .milliseconds(300))
      #expect(try await engine.runs("cron", "tick") == [])
      try clock.set("2026-01-01T00:01:00Z")
      let first = try await engine.running("cron", "tick", 1)
      #expect(first.trigger == .schedule && first.scheduledAt == due)
      #expect(try await engine.container("cron-tick-run-1").state == .running)
      for minute in 2...4 {
        try clock.set("2026-01-01T00:0\(minute):00Z")
        let skipped = try await eventually {
          try await engine.runs("cron", "tick").first
        } until: {
          $0?.state == .skipped && $0?.count == minute - 1
        }
        // One entry for all of them.
        #expect(
          skipped?.number == 2 && skipped?.count == minute - 1 && skipped?.reason == "run 1 was not over", "\(String(describing: skipped))")
      }
      try gate.open()
      #expect(try await engine.ended("cron", "tick", 1).exitCode == 0)
      try clock.set("2026-01-01T00:05:00Z")
      let after = try await eventually {
        try await engine.runs("cron", "tick").first
      } until: {
        $0?.state == .succeeded && $0?.trigger == .schedule && $0?.number != 1
      }
      #expect(after?.exitCode == 0, "\(String(describing: after))")
    }
  }

  @Test func queuedAndReplaced() async throws {
    let clock = try SetClock("2026-01-01T00:00:30Z")
    try await EngineOfOurOwn.with(clock: clock) { engine in
      let gate = try JobGate()
      let waiting = "trap 'exit 9' TERM; \(JobGate.waiting); exit 0"
      var stack = engine.stack("cron", jobs: ["queues": waiting, "replaces": "trap 'exit 9' TERM; while :; do sleep 0.05; done"]) {
        $0.options.mounts = [gate.mount]
      }
      stack.jobs?["queues"]?.triggers.schedules = [JobSchedule(cron: "* * * * *", concurrency: .queue)]
      stack.jobs?["replaces"]?.triggers.schedules = [JobSchedule(cron: "* * * * *", concurrency: .replace)]
      #expect(try await engine.up(stack).failures == [])
      try clock.set("2026-01-01T00:01:00Z")
      _ = try await engine.running("cron", "queues", 1)
      _ = try await engine.running("cron", "replaces", 1)
      try clock.set("2026-01-01T00:02:00Z")
      let replaced = ["1 schedule failed", "2 schedule running"]
      #expect(try await history(engine, "replaces", replaced) == replaced)
      let old = try #require(try await engine.runs("cron", "replaces").last)
      #expect(old.exitCode == 9 && old.reason == "it was stopped")
      let queued = ["1 schedule running", "2 schedule waiting"]
      #expect(try await history(engine, "queues", queued) == queued)
      #expect(try await engine.runs("cron", "queues").first?.reason == "waits until run 1 has ended")
      // What waits waits in the next engine too.
      let next = try await engine.reopened(clock: clock)
      #expect(try await history(next, "queues", queued) == queued)
      try gate.open()
      let done = ["1 schedule succeeded", "2 schedule succeeded"]
      #expect(try await history(next, "queues", done) == done)
      await next.end()
    }
  }

  @Test func whatWasMissedIsToldAndMadeUpForOnce() async throws {
    let clock = try SetClock("2026-01-01T00:30:00Z")
    try await EngineOfOurOwn.with(clock: clock) { engine in
      var stack = engine.stack("cron", jobs: ["one": "exit 0", "skips": "exit 0"])
      stack.jobs?["one"]?.triggers.schedules = [JobSchedule(cron: "@hourly")]
      stack.jobs?["skips"]?.triggers.schedules = [JobSchedule(cron: "@hourly", missedFires: .skip)]
      #expect(try await engine.up(stack).failures == [])
      await engine.backend.shutDown()
      try clock.set("2026-01-01T03:30:00Z")
      let next = try await engine.reopened(clock: clock)
      let made = ["1 schedule missed", "2 missed succeeded"]
      #expect(try await history(next, "one", made) == made)
      let missed = try #require(try await next.runs("cron", "one").last)
      #expect(missed.count == 3 && missed.reason?.hasPrefix("3 runs were due") == true, "\(missed)")
      #expect(missed.reason?.contains("2026-01-01T01:00Z to 2026-01-01T03:00Z") == true, "\(missed)")
      #expect(try await history(next, "skips", ["1 schedule missed"]) == ["1 schedule missed"])
      let due = try await next.backend.jobs("cron").compactMap(\.nextAt)
      #expect(due.count == 2 && due.allSatisfy { Timestamp.text($0).hasPrefix("2026-01-01T04:00:00") })
      await next.end()
    }
  }

  @Test func aNewScheduleCountsFromNow() async throws {
    let clock = try SetClock("2026-01-01T00:30:00Z")
    try await EngineOfOurOwn.with(clock: clock) { engine in
      #expect(try await engine.up(engine.stack("cron", jobs: ["tick": "exit 0"], [JobSchedule(cron: "@monthly")])).failures == [])
      try clock.set("2026-01-15T00:30:00Z")
      let report = try await engine.up(engine.stack("cron", jobs: ["tick": "exit 0"], [JobSchedule(cron: "0 3 * * *")]))
      #expect(report.plan.description.contains("± update job tick (triggers.schedule: @monthly → 0 3 * * *)"), "\(report.plan)")
      let due = try #require(try await engine.backend.jobs("cron").first?.nextAt)
      #expect(Timestamp.text(due).hasPrefix("2026-01-15T03:00:00"))
      try await Task.sleep(for: .milliseconds(200))
      #expect(try await engine.runs("cron", "tick") == [])
      try clock.set("2026-01-15T03:00:00Z")
      let done = ["1 schedule succeeded"]
      #expect(try await history(engine, "tick", done) == done)
    }
  }
}
