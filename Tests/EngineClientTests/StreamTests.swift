import Backend
import EngineClient
import Reconciler
import StackModel
import Synchronization
import Testing

@Suite struct StreamTests {
  private let start = StackRequest(project: "shop", stack: nil, operation: .start(services: ["web"]))

  @Test func `an operation's events arrive while it runs, in order, then its report`() async throws {
    let backend = FakeBackend()
    let (seen, see) = AsyncStream<UInt64>.makeStream()
    backend.operate = { request, onEvent in
      onEvent(event(1))
      // Goes on only when the client has seen the first.
      for await number in seen where number == 1 { break }
      for number in 2...200 { onEvent(event(UInt64(number))) }
      return Report(plan: Plan(project: request.project, basis: 3), skipped: ["Container shop-web-1": "db"])
    }
    let start = start
    try await served(backend) { client async throws in
      let events = Mutex<[UInt64]>([])
      let report = try await client.carryOut(start) { event in
        events.withLock { $0.append(event.sequence) }
        see.yield(event.sequence)
      }
      #expect(report.skipped == ["Container shop-web-1": "db"])
      #expect(events.withLock { $0 } == Array(1...200))
    }
  }

  @Test func `an operation that throws ends its stream with the error`() async throws {
    let backend = FakeBackend()
    backend.operate = { _, onEvent in
      onEvent(event(1))
      throw EngineError(.conflict, subject: "web", "port 80/tcp is taken")
    }
    let start = start
    try await served(backend) { client async throws in
      await #expect(throws: EngineError(.conflict, subject: "web", "port 80/tcp is taken")) { try await client.carryOut(start) { _ in } }
    }
  }

  @Test func `a client that goes away cancels its operation`() async throws {
    let backend = FakeBackend()
    let (running, isRunning) = AsyncStream<Void>.makeStream()
    let (ended, isEnded) = AsyncStream<Bool>.makeStream()
    backend.operate = { request, _ in
      isRunning.yield()
      // Ends only by cancellation: nobody fills this stream.
      for await _ in AsyncStream<Void>.makeStream().stream {}
      isEnded.yield(Task.isCancelled)
      return Report(plan: Plan(project: request.project, basis: 0))
    }
    let start = start
    try await served(backend) { client async throws in
      let task = Task { try await client.carryOut(start) { _ in } }
      for await _ in running { break }
      task.cancel()
      for await wasCancelled in ended {
        #expect(wasCancelled)
        break
      }
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test func `an engine that ends cancels what it serves, and the client is told`() async throws {
    let backend = FakeBackend()
    let (running, isRunning) = AsyncStream<Void>.makeStream()
    backend.operate = { request, _ in
      isRunning.yield()
      for await _ in AsyncStream<Void>.makeStream().stream {}
      return Report(plan: Plan(project: request.project, basis: 0))
    }
    let start = start
    let task = Mutex<Task<Report, any Error>?>(nil)
    try await served(backend) { client async throws in
      task.withLock { $0 = Task { try await client.carryOut(start) { _ in } } }
      for await _ in running { break }
    }
    let error = await #expect(throws: EngineError.self) { try await task.withLock { $0 }?.value }
    #expect(error?.code == .unavailable)
  }

  @Test func `log lines arrive whole, in order`() async throws {
    let backend = FakeBackend()
    let lines = (1...2000).map {
      LogLine(
        container: "shop-web-1", service: "web", stream: $0 % 2 == 0 ? .stdout : .stderr, at: Int64($0), text: "line \($0) é\n\u{1B}[0m\n")
    }
    backend.lines = AsyncThrowingStream { continuation in
      for start in stride(from: 0, to: lines.count, by: 7) { continuation.yield(Array(lines[start..<min(start + 7, lines.count)])) }
      continuation.finish()
    }
    try await served(backend) { client async throws in
      var found: [LogLine] = []
      for try await block in try await client.logs(LogRequest(project: "shop")) { found += block }
      #expect(found == lines)
    }
  }

  @Test func `the engine reads logs no faster than the client takes them`() async throws {
    let backend = FakeBackend()
    let made = Mutex(0)
    let text = String(repeating: "x", count: 1000)
    backend.lines = AsyncThrowingStream {
      let number = made.withLock { count in
        count += 1
        return count
      }
      return number > 8_000 ? nil : [LogLine(container: "c", service: "web", stream: .stdout, at: Int64(number), text: text)]
    }
    try await served(backend) { client async throws in
      let stream = try await client.logs(LogRequest(project: "shop"))
      var lines = stream.makeAsyncIterator()
      var count = try await lines.next()?.count ?? 0
      // 8 MB are there to be read; what is under way is bounded by buffers.
      #expect(made.withLock { $0 } < 5_000)
      while let block = try await lines.next() { count += block.count }
      #expect(count == 8_000)
    }
  }

  @Test func `a refused log request is an error at once`() async throws {
    try await served { client async throws in
      await #expect(throws: EngineError(.notFound, "no such service: nope")) {
        _ = try await client.logs(LogRequest(project: "shop", services: ["nope"]))
      }
    }
  }

  @Test func `events of one project arrive until the client stops`() async throws {
    let backend = FakeBackend()
    let (happenings, happen) = AsyncThrowingStream<Event, any Error>.makeStream()
    let (ended, isEnded) = AsyncStream<Void>.makeStream()
    happen.onTermination = { _ in isEnded.finish() }
    backend.happenings = happenings
    try await served(backend) { client async throws in
      let task = Task {
        for try await found in try await client.events(EventRequest(project: "shop")) { return found }
        return event(0)
      }
      happen.yield(event(5, .container(.init(id: "ab", name: "shop-web-1", service: "web", what: .exited(code: 3, outOfMemory: false)))))
      #expect(try await task.value.sequence == 5)
      // The client has let go of the stream: the engine's is ended.
      for await _ in ended {}
    }
    #expect(backend.asked.withLock { $0 } == ["events shop"])
  }
}
