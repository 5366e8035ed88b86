import Backend
import EngineClient
import StackModel
import Synchronization
import Testing

@Suite struct SessionTests {
  private let exec = SessionRequest.exec(.init(project: "shop", service: "web", command: ["cat"]))

  @Test func `input and output flow at the same time`() async throws {
    let backend = FakeBackend()
    // An echo that answers each piece before the next one is sent.
    backend.talk = { request, input, output in
      guard case .exec(let exec) = request, exec.command == ["cat"] else { return 99 }
      await output(.started(id: "abc", name: "shop-web-1"))
      for await item in input {
        switch item {
        case .bytes(let bytes): await output(.bytes(bytes, stream: .stdout))
        case .resize(let rows, let columns): await output(.bytes(Array("\(rows)x\(columns)".utf8), stream: .stderr))
        case .signal(let number): return number
        case .endOfInput: return 42
        case .detach: return 7
        }
      }
      return 1
    }
    let exec = exec
    try await served(backend) { client async throws in
      let (input, send) = AsyncStream<SessionInput>.makeStream()
      let found = Mutex<[SessionOutput]>([])
      let code = try await client.session(exec, input: input) { output in
        let count = found.withLock { all in
          all.append(output)
          return all.count
        }
        switch count {
        case 1: send.yield(.bytes([1, 2, 3]))
        case 2: send.yield(.resize(rows: 24, columns: 80))
        case 3: send.yield(.bytes([0, 255]))
        default: send.yield(.endOfInput)
        }
      }
      #expect(code == 42)
      #expect(
        found.withLock { $0 } == [
          .started(id: "abc", name: "shop-web-1"), .bytes([1, 2, 3], stream: .stdout), .bytes(Array("24x80".utf8), stream: .stderr),
          .bytes([0, 255], stream: .stdout),
        ])
    }
  }

  @Test func `megabytes go through both ways unchanged`() async throws {
    let backend = FakeBackend()
    backend.talk = { _, input, output in
      for await item in input {
        guard case .bytes(let bytes) = item else { break }
        await output(.bytes(bytes, stream: .stdout))
      }
      return 0
    }
    let exec = exec
    let pieces = (0..<64).map { number in (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) } }
    try await served(backend) { client async throws in
      let next = Mutex(0)
      let input = AsyncStream<SessionInput> {
        let number = next.withLock { value in
          value += 1
          return value - 1
        }
        return number < pieces.count ? .bytes(pieces[number]) : number == pieces.count ? .endOfInput : nil
      }
      let found = Mutex<[UInt8]>([])
      let code = try await client.session(exec, input: input) { output in
        if case .bytes(let bytes, _) = output { found.withLock { $0 += bytes } }
      }
      #expect(code == 0)
      #expect(found.withLock { $0 } == pieces.flatMap { $0 })
    }
  }

  @Test func `a session that cannot begin is the engine's error`() async throws {
    let backend = FakeBackend()
    backend.talk = { _, _, _ in throw EngineError(.conflict, subject: "web", "is not running", hint: "muster start web") }
    let exec = exec
    try await served(backend) { client async throws in
      await #expect(throws: EngineError(.conflict, subject: "web", "is not running", hint: "muster start web")) {
        try await client.session(exec, input: AsyncStream { nil }) { _ in }
      }
    }
  }

  @Test func `a client that goes away cancels its session`() async throws {
    let backend = FakeBackend()
    let (ended, isEnded) = AsyncStream<Bool>.makeStream()
    backend.talk = { _, input, output in
      await output(.started(id: "abc", name: "x"))
      for await _ in AsyncStream<Void>.makeStream().stream {}
      isEnded.yield(Task.isCancelled)
      return 0
    }
    let exec = exec
    try await served(backend) { client async throws in
      let (started, isStarted) = AsyncStream<Void>.makeStream()
      let task = Task {
        try await client.session(exec, input: AsyncStream<SessionInput>.makeStream().stream) { _ in isStarted.yield() }
      }
      for await _ in started { break }
      task.cancel()
      for await wasCancelled in ended {
        #expect(wasCancelled)
        break
      }
      await #expect(throws: (any Error).self) { try await task.value }
    }
  }

  @Test func `a run carries its whole stack`() async throws {
    let backend = FakeBackend()
    let asked = Mutex<SessionRequest?>(nil)
    backend.talk = { request, _, _ in
      asked.withLock { $0 = request }
      return 7
    }
    var options = ContainerOptions()
    options.command = ["sh", "-c", "exit 7"]
    var run = SessionRequest.Run(project: "shop", stack: Stack(name: "shop"), service: "web", options: options)
    run.values = ["secrets.a": "b"]
    let request = SessionRequest.run(run)
    try await served(backend) { client async throws in
      #expect(try await client.session(request, input: AsyncStream { nil }) { _ in } == 7)
    }
    #expect(asked.withLock { $0 } == request)
  }
}
