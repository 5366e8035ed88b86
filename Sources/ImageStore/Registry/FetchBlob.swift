import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import OCI

/// Brings a layer's bytes into its file, whatever happens to the connections on the way.
struct FetchBlob: Sendable {
  /// Where it may be had, the best place first.
  let repositories: [RegistryRepository]
  let descriptor: ContentDescriptor
  let policy: RetryPolicy
  /// Bytes that are there.
  let progress: @Sendable (Int64) -> Void

  /// Returns when the file is whole and has the right digest. What an earlier try has left is used.
  func run(into blob: PartialBlob) async throws {
    try await onThread { try blob.readBack($0) }
    var fruitless = 0
    while blob.written < descriptor.size {
      let before = blob.written
      // Places that do not have it are passed over; every one gets its turn.
      let repository = repositories[min(fruitless, repositories.count - 1)]
      do {
        try await transfer(from: repository, into: blob)
      } catch let error as BrokenOff {
        fruitless = blob.written > before ? 1 : fruitless + 1
        guard fruitless < policy.fruitlessTries else { throw error.error }
        try await Task.sleep(for: max(policy.delay(before: fruitless + 1), error.pause ?? .zero))
      } catch let error as RegistryError where error.kind != .invalid && fruitless + 1 < repositories.count {
        fruitless += 1
      }
    }
    guard blob.digest == descriptor.digest else {
      let mirror = repositories.first { $0.endpoint.isMirror }?.endpoint.name
      throw RegistryError(
        .invalid, "the layer \(descriptor.digest.short) is not what its digest says: what came is \(blob.digest)",
        hint: mirror.map { "\($0) was asked for it first: is it sound?" })
    }
  }

  /// Something that may go better when it is tried again.
  private struct BrokenOff: Error {
    var error: RegistryError
    var pause: Duration?
  }

  private func transfer(from repository: RegistryRepository, into blob: PartialBlob) async throws {
    let start = blob.written
    let client = repository.client
    var call = RegistryClient.Call(
      target: "/v2/\(repository.path)/blobs/\(descriptor.digest)", scopes: repository.scopes, isTriedOnce: true)
    if start > 0 { call.headers.add(name: "Range", value: "bytes=\(start)-") }
    let answer: RegistryClient.Answer
    do { answer = try await client.send(call, to: repository.endpoint) } catch let error as RegistryError {
      // Also a refusal: a registry that is just being started again has been here before.
      guard error.kind == .unavailable || error.kind == .timedOut else { throw error }
      throw BrokenOff(error: error)
    }
    let skipped: Int64
    switch answer.status {
    case 200: skipped = start
    case 206: skipped = 0
    default:
      let failure = await repository.failure(answer, "the layer \(descriptor.digest.short)")
      guard RegistryClient.passing.contains(answer.status), let pause = client.pause(after: answer, next: 2) else { throw failure }
      throw BrokenOff(error: failure, pause: pause)
    }
    try check(answer, start: answer.status == 206 ? start : 0)
    do {
      try await receive(answer, skipping: skipped, into: blob)
    } catch let error as TransportError {
      throw BrokenOff(error: error.told(repository.endpoint))
    }
  }

  /// What the head of an answer says must fit what the manifest says.
  private func check(_ answer: RegistryClient.Answer, start: Int64) throws {
    func refused(_ told: String) -> RegistryError {
      RegistryError(.invalid, "the layer \(descriptor.digest.short) has \(descriptor.size) bytes, but the registry says \(shown(told))")
    }
    if let length = answer.headers.first(name: "Content-Length"), Int64(length) != descriptor.size - start { throw refused(length) }
    if answer.status == 206, let range = answer.headers.first(name: "Content-Range"),
      !range.hasPrefix("bytes \(start)-") || (!range.hasSuffix("/\(descriptor.size)") && !range.hasSuffix("/*"))
    {
      throw refused(range)
    }
  }

  private func receive(_ answer: RegistryClient.Answer, skipping: Int64, into blob: PartialBlob) async throws {
    var left = skipping
    var gathered = ByteBuffer()
    var window = (began: ContinuousClock.now, bytes: 0)
    var told = ContinuousClock.now
    func store() async throws {
      guard gathered.readableBytes > 0 else { return }
      let bytes = gathered
      gathered = ByteBuffer()
      try await NIOThreadPool.singleton.runIfActive { try bytes.withUnsafeReadableBytes { try blob.append($0) } }
    }
    func broken(_ error: any Error) -> any Error { TransportError(error, answer.url.origin, wasReached: true) }
    var pieces = answer.body.makeAsyncIterator()
    while true {
      var piece: ByteBuffer
      do {
        guard let next = try await pieces.next() else { break }
        piece = next
      } catch {
        try? await store()
        try Task.checkCancellation()
        throw broken(error)
      }
      window.bytes += piece.readableBytes
      if left > 0 {
        let dropped = min(left, Int64(piece.readableBytes))
        piece.moveReaderIndex(forwardBy: Int(dropped))
        left -= dropped
      }
      guard blob.written + Int64(gathered.readableBytes + piece.readableBytes) <= descriptor.size else {
        throw RegistryError(
          .invalid, "the layer \(descriptor.digest.short) has more than the \(descriptor.size) bytes that its manifest says")
      }
      if gathered.readableBytes == 0 { gathered = piece } else { gathered.writeBuffer(&piece) }
      if gathered.readableBytes >= 512 << 10 { try await store() }
      let now = ContinuousClock.now
      if now - told >= .milliseconds(100) {
        told = now
        // However slow it comes, it is not lost.
        try await store()
        progress(blob.written)
      }
      if now - window.began >= policy.slowWindow {
        guard window.bytes >= policy.slowBytes else {
          try await store()
          throw TransportError(SlowAnswer(), answer.url.origin, wasReached: true)
        }
        window = (now, 0)
      }
    }
    try await store()
    progress(blob.written)
    if blob.written < descriptor.size { throw broken(EndedEarly()) }
  }
}

/// An answer whose bytes hardly come.
struct SlowAnswer: Error {}
private struct EndedEarly: Error {}
