import NIOHTTP1
import NIOSSL
import OCI
import Synchronization
import Testing

@testable import ImageStore

/// Row R27: a registry that breaks off, is busy, or is gone.
@Suite(.timeLimit(.minutes(10))) struct OutageTests {
  /// Some hundred kilobytes in one layer.
  static let layer = TarBuilder.make { tar in
    for number in 0..<40 { tar.entry("f\(number)", data: (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }) }
  }
  static let path = "/v2/x/blobs/\(ContentHash.of(layer))"

  @Test func aLayerThatIsCutGoesOnWhereItWas() async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    registry.answer { asked in
      guard asked.path == Self.path else { return nil }
      var reply = MockRegistry.content(Self.layer, "application/octet-stream", asked)
      if reply.body.count > 50_000 {
        reply.length = reply.body.count
        reply.cutAfter = 50_000
      }
      return reply
    }
    let pulled = try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    #expect(pulled.isNew)
    let starts = registry.asked.filter { $0.path == Self.path }.map { asked in
      asked.headers.first(name: "Range").flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
    }
    // Every try goes on where the one before ended. What the HTTP client has not handed out when a connection breaks is lost with it: less than
    // was sent on that connection.
    #expect(starts.first == 0 && starts.count >= (Self.layer.count + 49_999) / 50_000, "\(starts)")
    for (before, after) in zip(starts, starts.dropFirst()) { #expect((1...50_000).contains(after - before), "\(starts)") }
    await registry.close()
  }

  @Test func aPullThatEndedGoesOnInTheNextEngine() async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    registry.put(image: "x", "1", [Self.layer])
    registry.answer { asked in
      guard asked.path == Self.path else { return nil }
      var reply = MockRegistry.content(Self.layer, "application/octet-stream", asked)
      reply.length = reply.body.count
      reply.cutAfter = asked.headers.contains(name: "Range") ? 0 : 200_000
      return reply
    }
    do {
      let store = try fixture.open()
      var policy = RetryPolicy.quick
      policy.fruitlessTries = 3
      let error = await #expect(throws: RegistryError.self) {
        try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: policy))
      }
      #expect(error?.kind == .unavailable)
      #expect(await store.list().isEmpty)
    }
    let before = registry.asked.count
    registry.answer { _ in nil }
    let store = try fixture.open()
    let pulled = try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    #expect(pulled.isNew)
    let asked = try #require(registry.asked[before...].first { $0.path == Self.path })
    let start = try #require(asked.headers.first(name: "Range").flatMap { Int($0.dropFirst(6).dropLast()) })
    #expect((1...200_000).contains(start))
    await registry.close()
  }

  @Test(arguments: [429, 500, 502, 503, 504]) func aBusyRegistryIsAskedAgain(_ status: Int) async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    let seen = Mutex<[String: Int]>([:])
    registry.answer { asked in
      let times = seen.withLock { seen in
        seen[asked.path, default: 0] += 1
        return seen[asked.path] ?? 0
      }
      return times <= 2 && asked.path.hasPrefix("/v2/x/") ? .init(status: status, headers: [("Retry-After", "0")]) : nil
    }
    let pulled = try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    #expect(pulled.isNew)
    await registry.close()
  }

  /// S38: "come back in a year" is an answer, and so is "come back" for ever.
  @Test(arguments: ["31536000", "0", "99999999999999999999", "soon"]) func aStormOfRetryAfterEnds(_ text: String) async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.answer { asked in asked.path.hasPrefix("/v2/x/") ? .init(status: 429, headers: [("Retry-After", text)]) : nil }
    let error = await #expect(throws: RegistryError.self) {
      try await store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    }
    #expect(error?.kind == .unavailable)
    #expect(registry.asked.count <= RetryPolicy.quick.tries)
    await registry.close()
  }

  /// A connection that ends within TLS is one that broke off; an alert is the other side's word.
  @Test func theEndOfTLSIsToldApart() throws {
    let origin = Origin(scheme: .https, host: "registry.example", port: 443)
    for error in [NIOSSLError.uncleanShutdown, .handshakeFailed(.sslError([.eofDuringHandshake]))] {
      let told = TransportError(error, origin, wasReached: true)
      #expect(told.cause == .brokenOff && told.isTransient)
    }
    let untrusted = TransportError(NIOSSLError.unableToValidateCertificate, origin, wasReached: true)
    #expect(!untrusted.isTransient && untrusted.cause != .brokenOff)
    let alerts = [
      "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268436498 error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE at x.cc:1]))":
        "bad certificate",
      "error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED": "certificate required",
      "error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED": nil, "TLSV1_ALERT_": nil,
    ]
    for (text, name) in alerts { #expect(TransportError.alert(in: text) == name) }
  }

  @Test func nobodyThereIsSaidAtOnce() async throws {
    let registry = try await MockRegistry()
    let name = registry.name
    await registry.close()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    // With the usual patience: a host that has never answered is not waited for.
    let error = await #expect(throws: RegistryError.self) { try await store.pull(try ImageReference("\(name)/x:1")) }
    #expect(error?.message == "the registry \(name) cannot be reached: connection refused")
  }

  @Test func twoPullsOfOneLayerFetchItOnce() async throws {
    let registry = try await MockRegistry()
    let fixture = try StoreFixture()
    let store = try fixture.open()
    registry.put(image: "x", "1", [Self.layer])
    registry.put(image: "x", "2", [Self.layer, SavedImageTests.upper])
    async let first = store.pull(try ImageReference("\(registry.name)/x:1"), PullOptions(policy: .quick))
    async let second = store.pull(try ImageReference("\(registry.name)/x:2"), PullOptions(policy: .quick))
    let both = try await [first, second]
    #expect(both[0].isNew && both[1].isNew)
    #expect(registry.asked.filter { $0.path == Self.path }.count == 1)
    await registry.close()
  }
}
