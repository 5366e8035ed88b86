import Backend
import EngineClient
import StackModel
import Synchronization
import Testing

/// Jobs over the socket.
@Suite struct JobTests {
  @Test func verbs() async throws {
    let fake = FakeBackend()
    try await served(fake) { engine async throws in
      let jobs = try await engine.jobs("shop")
      #expect(jobs == fake.jobs("shop"))
      #expect(try await engine.jobs(nil).map(\.name) == ["backup"])
      #expect(fake.asked.withLock { $0.last } == "jobs all")
      let run = try await engine.runJob(JobRunRequest(project: "shop", job: "a.b-c"))
      #expect(run.number == 5 && run.job == "a.b-c" && run.state == .waiting)
      let busy = await #expect(throws: EngineError.self) { try await engine.runJob(JobRunRequest(project: "shop", job: "busy")) }
      #expect(busy?.code == .conflict && busy?.message == "run 3 of it goes on")
      let cancelled = try await engine.cancelJob(JobCancelRequest(project: "shop", job: "a.b-c", number: 4, timeout: 3))
      #expect(cancelled.map(\.number) == [4] && cancelled.first?.state == .cancelled && cancelled.first?.job == "a.b-c")
      #expect(fake.asked.withLock { $0.last } == "cancel shop/a.b-c 4 3")
      #expect(try await engine.cancelJob(JobCancelRequest(project: "shop", job: "backup")).map(\.number) == [5])
      #expect(fake.asked.withLock { $0.last } == "cancel shop/backup 0 -2")
      #expect(try await engine.jobRuns("shop", "backup") == fake.jobRuns("shop", "backup"))
      let invalid = await #expect(throws: EngineError.self) { try await engine.jobs("../x") }
      #expect(invalid != nil)
    }
  }

  @Test func logs() async throws {
    let fake = FakeBackend()
    let line = LogLine(container: "shop-backup-run-4", service: "backup", stream: .stderr, at: 5, text: "no space\n")
    fake.lines = AsyncThrowingStream { stream in
      stream.yield([line])
      stream.finish()
    }
    try await served(fake) { engine async throws in
      var found: [LogLine] = []
      let request = JobLogRequest(project: "shop", job: "backup", number: 4, follows: true, tail: 10)
      for try await block in try await engine.jobLogs(request) { found += block }
      #expect(found == [line])
      #expect(fake.asked.withLock { $0.last } == "job logs backup 4 true 10")
    }
  }

  @Test func whatIsNotThereIsTold() async throws {
    try await served { engine async throws in
      let error = await #expect(throws: EngineError.self) {
        for try await _ in try await engine.jobLogs(JobLogRequest(project: "shop", job: "backup")) {}
      }
      #expect(error?.code == .notFound)
    }
  }
}
