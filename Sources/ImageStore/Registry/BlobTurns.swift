import OCI

/// Two pulls that want the same layer take turns: the second finds what the first has got.
actor BlobTurns {
  private var busy: Set<Digest> = []
  private var waiting: [Digest: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)]] = [:]
  private var nextID: UInt64 = 0

  /// Runs `body` alone on the digest. Whoever is cancelled while waiting waits no longer.
  func alone<Value: Sendable>(on digest: Digest, _ body: @Sendable () async throws -> Value) async throws -> Value {
    try await enter(digest)
    defer { leave(digest) }
    return try await body()
  }

  private func enter(_ digest: Digest) async throws {
    try Task.checkCancellation()
    if busy.insert(digest).inserted { return }
    nextID += 1
    let id = nextID
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiting[digest, default: []].append((id, $0)) }
    } onCancel: {
      Task { await self.giveUp(digest, id) }
    }
  }

  private func giveUp(_ digest: Digest, _ id: UInt64) {
    guard let place = waiting[digest]?.firstIndex(where: { $0.id == id }) else { return }
    waiting[digest]?.remove(at: place).continuation.resume(throwing: CancellationError())
  }

  private func leave(_ digest: Digest) {
    guard var queue = waiting[digest], !queue.isEmpty else {
      busy.remove(digest)
      waiting[digest] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[digest] = queue
    next.continuation.resume()
  }
}
