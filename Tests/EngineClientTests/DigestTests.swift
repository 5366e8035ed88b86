import Backend
import EngineClient
import Reconciler
import StackModel
import Synchronization
import Testing

/// A request that the engine has had before does not go over the socket again, and is carried out all the same.
@Suite struct DigestTests {
  private static let digest = String(repeating: "0123456789abcdef", count: 4)
  private static let request = StackRequest(
    project: "shop", stack: Stack(name: "shop"), operation: .up(UpOptions()), caller: Caller(uid: 7, gid: 8))

  @Test func theSecondTimeTheDigestIsEnough() async throws {
    let backend = FakeBackend()
    let got = Mutex<[StackRequest]>([])
    backend.operate = { request, _ in
      got.withLock { $0.append(request) }
      return Report(plan: Plan(project: request.project, basis: 0))
    }
    try await served(backend) { client async throws in
      _ = try await client.carryOut(Self.request, digest: Self.digest) { _ in }
      // Another one under the same digest, so that it shows which one is carried out.
      var other = Self.request
      other.caller = nil
      _ = try await client.carryOut(other, digest: Self.digest) { _ in }
      #expect(got.withLock { $0 } == [Self.request, Self.request])
      // Without a digest, or under a new one, it comes whole.
      _ = try await client.carryOut(other) { _ in }
      _ = try await client.carryOut(other, digest: String(Self.digest.reversed())) { _ in }
      #expect(got.withLock { $0 } == [Self.request, Self.request, other, other])
    }
  }

  /// And a plan is that of the request that came, whatever was carried out under the same digest.
  @Test func aPlanIsAskedForByDigestToo() async throws {
    let backend = FakeBackend()
    try await served(backend) { client async throws in
      let first = try await client.outline(Self.request, digest: Self.digest)
      var other = Self.request
      other.caller = nil
      #expect(try await client.outline(other, digest: Self.digest) == first)
      _ = try await client.carryOut(other, digest: Self.digest) { _ in }
      #expect(first == PlanOutline(backend.plan(Self.request)))
      #expect(backend.requests.withLock { $0 }.prefix(2) == [Self.request, Self.request])
    }
  }

  @Test func valuesOfSecretsAreNotKept() async throws {
    let backend = FakeBackend()
    let got = Mutex<[StackRequest]>([])
    backend.operate = { request, _ in
      got.withLock { $0.append(request) }
      return Report(plan: Plan(project: request.project, basis: 0))
    }
    try await served(backend) { client async throws in
      var first = Self.request
      first.values = ["secrets.a": "one"]
      _ = try await client.carryOut(first, digest: Self.digest) { _ in }
      _ = try await client.carryOut(Self.request, digest: Self.digest) { _ in }
      #expect(got.withLock { $0 } == [first, Self.request])
    }
  }

  @Test func aDigestOfAnotherProjectIsRefused() async throws {
    try await served { client async throws in
      _ = try await client.carryOut(Self.request, digest: Self.digest) { _ in }
      var other = Self.request
      other.project = "other"
      await #expect(throws: EngineError.self) { _ = try await client.carryOut(other, digest: Self.digest) { _ in } }
    }
  }

  @Test func aTraceIsHadOnce() async throws {
    try await served { client async throws in
      let log = TraceLog(id: "0123456789abcdef", program: "test")
      try await Trace.$current.withValue(log.lane("test")) { _ = try await client.carryOut(Self.request) { _ in } }
      let record = try await client.trace(log.id)
      #expect(record.processes.values.contains("musterd"))
      #expect(record.spans.map(\.name).contains("decode"))
      await #expect(throws: EngineError.self) { _ = try await client.trace(log.id) }
    }
  }
}
