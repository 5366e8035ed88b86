import Backend
import Glibc
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Jobs on the kernel: their runs, what is known of them afterwards, and that nothing is left.
@Suite(.serialized) struct JobRunTests {
  /// The directories of jobs whose output is kept.
  private func kept(_ engine: EngineOfOurOwn) -> [String] { (try? directoryNames(engine.location.root + "/jobs")) ?? [] }

  @Test func aRunIsInTheHistoryWithItsCodeAndItsOutput() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("nightly", jobs: ["backup": "echo one; echo two >&2; exit 3"])
      let told = Told()
      let events = try await engine.backend.events(EventRequest(project: "nightly"))
      let listening = Task { for try await event in events { told.add(event) } }
      defer { listening.cancel() }
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.up(stack).plan.isEmpty)
      #expect(try await engine.runs("nightly", "backup") == [])
      await #expect(throws: EngineError.self) { try await engine.output("nightly", "backup") }

      let begun = try await engine.start("nightly", "backup")
      #expect(begun.number == 1 && begun.trigger == .manual && begun.containerName == "nightly-backup-run-1")
      // Who follows from the beginning sees all of it, and its end.
      #expect(try await engine.output("nightly", "backup", 1, follows: true).sorted() == ["one\n", "two\n"])
      let run = try await engine.ended("nightly", "backup", 1)
      #expect(run.state == .failed && run.exitCode == 3 && run.reason == nil && !run.wasOutOfMemory, "\(run)")
      #expect(run.startedAt != nil && run.finishedAt != nil && run.scheduledAt == nil)
      let gone = try await eventually {
        await engine.backend.containers.all().count
      } until: {
        $0 == 0
      }
      #expect(gone == 0)
      #expect(try await engine.output("nightly", "backup").sorted() == ["one\n", "two\n"])
      #expect(try await engine.output("nightly", "backup", tail: 1).count == 1)

      let second = try await engine.start("nightly", "backup")
      _ = try await engine.ended("nightly", "backup", second.number)
      #expect(try await engine.runs("nightly", "backup").map(\.number) == [2, 1])
      let job = try #require(try await engine.backend.jobs("nightly").first)
      #expect(job.lastRun?.number == 2 && job.running.isEmpty && job.nextAt == nil)
      let unknown = await #expect(throws: EngineError.self) { try await engine.output("nightly", "backup", 9) }
      #expect(unknown?.code == .notFound)
      let changes = try await eventually {
        told.events.compactMap { if case .job(let change) = $0.kind { change } else { nil } }
      } until: {
        $0.count >= 2
      }
      #expect(
        changes.prefix(2) == [
          .init(job: "backup", number: 1, what: .started(.manual)),
          .init(job: "backup", number: 1, what: .ended(code: 3, outOfMemory: false, reason: nil)),
        ])

      #expect(try await engine.down("nightly").failures == [])
      #expect(try await engine.backend.jobs("nightly").isEmpty)
      #expect(try await engine.backend.observe("nightly").networks.isEmpty)
      #expect(kept(engine) == [])
      #expect(await engine.backend.catalog.stack("nightly") == nil)
    }
  }

  @Test func whatCannotStartIsToldWithItsReason() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("odd", jobs: ["missing": "", "needs": "exit 0", "unhealthy": "exit 0"])
      stack.jobs?["missing"]?.definition.options.command = ["no-such-program"]
      stack.jobs?["needs"]?.definition.dependsOn = ["db": Dependency()]
      stack.jobs?["unhealthy"]?.definition.dependsOn = ["web": Dependency(condition: .healthy)]
      var web = Service(name: "web", image: "tiny")
      web.options.command = ["sleep", "1000"]
      web.options.network = .none
      web.options.stopGracePeriod = .seconds(0)
      stack.services["web"] = web
      #expect(try await engine.up(stack).failures == [])
      _ = try await engine.start("odd", "missing")
      let missing = try await engine.ended("odd", "missing", 1)
      #expect(missing.state == .failed && missing.exitCode == 127, "\(missing)")
      #expect(missing.reason?.contains("executable file not found in $PATH") == true, "\(missing)")
      _ = try await engine.start("odd", "needs")
      let needs = try await engine.ended("odd", "needs", 1)
      #expect(needs.state == .failed && needs.exitCode == nil && needs.containerID == nil)
      #expect(needs.reason == "db, which it depends on, has no container", "\(needs)")
      _ = try await engine.start("odd", "unhealthy")
      #expect(try await engine.ended("odd", "unhealthy", 1).reason == "web, which it depends on, has no healthcheck")
      #expect(await engine.backend.containers.all().filter { $0.spec.isOneOff }.isEmpty)
    }
  }

  @Test func aRunWaitsForWhatItDependsOn() async throws {
    try await EngineOfOurOwn.with { engine in
      let gate = try JobGate()
      var stack = engine.stack("waits", jobs: ["dump": "nslookup db > /dev/null && echo found"])
      var db = Service(name: "db", image: "tiny")
      db.options.command = ["sleep", "1000"]
      db.options.mounts = [gate.mount]
      db.options.network = .bridges([Attachment(network: "waits_default")])
      db.options.stopGracePeriod = .seconds(0)
      db.options.healthcheck = Healthcheck(test: ["CMD", "test", "-e", "/gate/open"], interval: .milliseconds(100), retries: 1000)
      stack.services["db"] = db
      stack.jobs?["dump"]?.definition.dependsOn = ["db": Dependency(condition: .healthy)]
      #expect(try await engine.up(stack).failures == [])
      let run = try await engine.start("waits", "dump")
      try await Task.sleep(for: .milliseconds(500))
      #expect(try await engine.runs("waits", "dump").first?.state == .waiting)
      try gate.open()
      let ended = try await engine.ended("waits", "dump", run.number)
      #expect(ended.exitCode == 0 && ended.state == .succeeded, "\(ended)")
      #expect(try await engine.output("waits", "dump") == ["found\n"])
    }
  }

  @Test func aRunOutlivesTheEngine() async throws {
    try await EngineOfOurOwn.with { engine in
      let gate = try JobGate()
      let stack = engine.stack("outlives", jobs: ["long": "echo begun; \(JobGate.waiting); echo over; exit 5"]) {
        $0.options.mounts = [gate.mount]
      }
      #expect(try await engine.up(stack).failures == [])
      _ = try await engine.start("outlives", "long")
      let before = try await engine.running("outlives", "long", 1)
      let next = try await engine.reopened()
      #expect(try await next.running("outlives", "long", 1).containerID == before.containerID)
      // It is still in the way of another.
      let busy = await #expect(throws: EngineError.self) { try await next.start("outlives", "long") }
      #expect(busy?.code == .conflict && busy?.message == "run 1 of it goes on")
      try gate.open()
      let ended = try await next.ended("outlives", "long", 1)
      #expect(ended.exitCode == 5 && ended.state == .failed)
      #expect(try await next.output("outlives", "long") == ["begun\n", "over\n"])
      #expect(try await next.up(stack).plan.isEmpty)
      #expect(try await next.start("outlives", "long").number == 2)
      await next.end()
    }
  }

  /// It ends while no engine is there.
  @Test func anEndThatNobodySaw() async throws {
    try await EngineOfOurOwn.with { engine in
      let gate = try JobGate()
      let stack = engine.stack("unseen", jobs: ["long": "\(JobGate.waiting); echo over; exit 6"]) { $0.options.mounts = [gate.mount] }
      #expect(try await engine.up(stack).failures == [])
      _ = try await engine.start("unseen", "long")
      let run = try await engine.running("unseen", "long", 1)
      let pid = try #require(try await engine.container(run.containerName).pid)
      await engine.backend.shutDown()
      try gate.open()
      #expect(await hasEnded(pid))
      let next = try await engine.reopened()
      #expect(try await next.ended("unseen", "long", 1).exitCode == 6)
      #expect(try await next.output("unseen", "long") == ["over\n"])
      #expect(try await next.runs("unseen", "long").count == 1)
      await next.end()
    }
  }

  @Test func downStopsWhatRunsAndLeavesNothing() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("leaves", jobs: ["long": "exec sleep 1000", "other": "exit 0"])
      #expect(try await engine.up(stack).failures == [])
      _ = try await engine.start("leaves", "long")
      _ = try await engine.running("leaves", "long", 1)
      // Out of the file it is out of the engine, with what ran of it.
      var without = stack
      without.jobs?["long"] = nil
      let report = try await engine.up(without)
      #expect(report.failures == [] && report.plan.description.contains("remove job long and its history"), "\(report.plan)")
      #expect(await engine.backend.containers.all().isEmpty)
      #expect(try await engine.backend.jobs("leaves").map(\.name) == ["other"])
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.runs("leaves", "long") == [])
      _ = try await engine.start("leaves", "long")
      _ = try await engine.running("leaves", "long", 1)
      #expect(try await engine.down("leaves").failures == [])
      #expect(await engine.backend.containers.all().isEmpty)
      #expect(try await engine.backend.observe("leaves").networks.isEmpty)
      #expect(kept(engine) == [])
      #expect(try directoryNames(engine.location.root + "/containers").isEmpty)
    }
  }

  @Test func aChangedJobRunsAsItIsNow() async throws {
    try await EngineOfOurOwn.with { engine in
      #expect(try await engine.up(engine.stack("changes", jobs: ["say": "echo before"])).failures == [])
      _ = try await engine.ended("changes", "say", try await engine.start("changes", "say").number)
      let after = engine.stack("changes", jobs: ["say": "echo after"])
      let report = try await engine.up(after)
      #expect(report.plan.description == "0 ± update job say (command: [sh, -c, echo before] → [sh, -c, echo after])", "\(report.plan)")
      _ = try await engine.ended("changes", "say", try await engine.start("changes", "say").number)
      #expect(try await engine.output("changes", "say") == ["after\n"])
      #expect(try await engine.output("changes", "say", 1) == ["before\n"])
    }
  }

  @Test func runsHaveSecretsAndVolumesAsServicesHave() async throws {
    try await EngineOfOurOwn.with { engine in
      let file = try TemporaryDirectory("secret")
      try file.write("value", "open-sesame-2026")
      var stack = engine.stack("gives", jobs: ["use": "wc -c < /run/secrets/key; cat /data/one", "fill": "echo kept > /data/one"]) {
        $0.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key")]
        $0.options.mounts = [Mount(source: .volume("gives_data"), target: "/data")]
      }
      stack.secrets["key"] = FileSource(origin: .file(file("value")))
      stack.volumes["gives_data"] = Volume(key: "data", name: "gives_data")
      #expect(try await engine.up(stack).failures == [])
      _ = try await engine.ended("gives", "fill", try await engine.start("gives", "fill").number)
      _ = try await engine.ended("gives", "use", try await engine.start("gives", "use").number)
      #expect(try await engine.output("gives", "use").prefix(2) == ["16\n", "kept\n"])
      // A reason with a secret in it is told without.
      stack.jobs?["use"]?.definition.options.command = ["open-sesame-2026"]
      #expect(try await engine.up(stack).failures == [])
      let failed = try await engine.ended("gives", "use", try await engine.start("gives", "use").number)
      #expect(failed.reason?.contains("open-sesame-2026") == false, "\(failed)")
    }
  }

  /// What only a job has is used, although no container is there between its runs.
  @Test func pruningLeavesWhatJobsHave() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("kept", jobs: ["use": "echo one > /data/one; cat /data/one"]) {
        $0.options.mounts = [Mount(source: .volume("kept_data"), target: "/data")]
      }
      stack.volumes["kept_data"] = Volume(key: "data", name: "kept_data")
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.backend.pruneVolumes(PruneRequest(all: true)).volumes == [])
      let refused = await #expect(throws: EngineError.self) { try await engine.backend.removeVolume(named: "kept_data") }
      #expect(refused?.code == .conflict && refused?.message == "the job use of kept uses it")
      #expect(try await engine.backend.pruneImages(PruneRequest(all: true)).images == [])
      // A network that was pruned is there again.
      try await engine.backend.removeNetwork(NetworkName("kept_default"))
      let run = try await engine.ended("kept", "use", try await engine.start("kept", "use").number)
      #expect(run.exitCode == 0, "\(run)")
      #expect(try await engine.output("kept", "use") == ["one\n"])
      #expect(try await engine.down("kept", volumes: true).failures == [])
      #expect(try await engine.backend.observe("kept").volumes.isEmpty)
    }
  }

  /// Who may not run it by hand, and what is not there.
  @Test func refusals() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("refuses", jobs: ["tidy": "exit 0"], [JobSchedule(cron: "@yearly")])
      stack.jobs?["tidy"]?.triggers.isManual = false
      #expect(try await engine.up(stack).failures == [])
      let byHand = await #expect(throws: EngineError.self) { try await engine.start("refuses", "tidy") }
      #expect(byHand?.code == .conflict && byHand?.hint?.contains("triggers.manual: false") == true)
      let unknown = await #expect(throws: EngineError.self) { try await engine.start("refuses", "tidi") }
      #expect(unknown?.code == .notFound && unknown?.hint == "its jobs are tidy")
      stack.jobs?["tidy"]?.triggers.schedules = [JobSchedule(cron: "@yearly", timezone: "Europe/Nowhere")]
      let report = try await engine.up(stack)
      #expect(report.failures.first?.error.message.contains("there is no time zone \"Europe/Nowhere\"") == true, "\(report.failures)")
    }
  }

  @Test func theHistoryIsBounded() async throws {
    try await EngineOfOurOwn.with { engine in
      #expect(try await engine.up(engine.stack("bounded", jobs: ["tick": "exit 0"])).failures == [])
      let key = JobScheduler.Key(project: "bounded", name: "tick")
      for number in 1...(JobRunRow.limit + 20) {
        let run = JobRun(
          project: "bounded", job: "tick", number: number, trigger: .schedule, state: number == 5 ? .running : .succeeded, createdAt: 1)
        await engine.backend.jobs.note(run, key)
      }
      let runs = try await engine.runs("bounded", "tick")
      // What goes on is kept, however old.
      #expect(runs.count == JobRunRow.limit && runs.first?.number == JobRunRow.limit + 20 && runs.last?.number == 5)
      // So it is in the next engine, which finds no container of what went on.
      let next = try await engine.reopened()
      #expect(try await next.runs("bounded", "tick").count == JobRunRow.limit)
      let lost = try await next.ended("bounded", "tick", 5)
      #expect(lost.state == .failed && lost.reason == "its container is gone" && lost.exitCode == nil)
      await next.end()
    }
  }
}
