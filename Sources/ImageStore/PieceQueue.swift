import Glibc

/// Bytes that a thread makes and a task takes: the thread waits while the task is behind.
///
/// Everything under the lock; one thread puts, one task takes.
final class PieceQueue: @unchecked Sendable {
  private var lock = pthread_mutex_t()
  private var taken = pthread_cond_t()
  private var pending: [UInt8] = []
  private var isFinished = false
  private var isClosed = false
  private var reader: CheckedContinuation<Void, Never>?
  /// Bytes that may wait.
  private static let most = 1 << 20

  init() {
    pthread_mutex_init(&lock, nil)
    pthread_cond_init(&taken, nil)
  }

  deinit {
    pthread_cond_destroy(&taken)
    pthread_mutex_destroy(&lock)
  }

  private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
    pthread_mutex_lock(&lock)
    defer { pthread_mutex_unlock(&lock) }
    return try body()
  }

  /// Adds bytes and waits while there are many. Blocks; throws once nobody takes any more.
  ///
  /// Nothing is no news: the reader would take it for the end.
  func put(_ bytes: UnsafeRawBufferPointer) throws(CancellationError) {
    if bytes.isEmpty { return }
    let (isGone, waiting) = locked { () -> (Bool, CheckedContinuation<Void, Never>?) in
      while !isClosed, pending.count >= Self.most { pthread_cond_wait(&taken, &lock) }
      if isClosed { return (true, nil) }
      pending.append(contentsOf: bytes)
      defer { reader = nil }
      return (false, reader)
    }
    waiting?.resume()
    if isGone { throw CancellationError() }
  }

  /// No more will come.
  func finish() { end { isFinished = true } }

  /// Nobody takes any more.
  func close() { end { isClosed = true } }

  private func end(_ mark: () -> Void) {
    let waiting = locked {
      mark()
      pthread_cond_broadcast(&taken)
      defer { reader = nil }
      return reader
    }
    waiting?.resume()
  }

  /// All that waits; nil after the last, or when the task is cancelled.
  func next() async -> [UInt8]? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = locked {
          if !pending.isEmpty || isFinished || isClosed { return true }
          reader = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      close()
    }
    return locked {
      defer { pending = [] }
      pthread_cond_broadcast(&taken)
      return pending.isEmpty || isClosed ? nil : pending
    }
  }
}

/// Runs what makes bytes on a thread of its own, and hands them on in order, as fast as they are taken.
public func streaming(
  _ produce: @escaping @Sendable (Cancellation, _ put: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void,
  to take: @Sendable ([UInt8]) async throws -> Void
) async throws {
  let queue = PieceQueue()
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { queue.finish() }
      try await onThread { cancellation in try produce(cancellation) { try queue.put($0) } }
    }
    do {
      while let piece = await queue.next() { try await take(piece) }
    } catch {
      queue.close()
      group.cancelAll()
      throw error
    }
    try await group.waitForAll()
  }
  try Task.checkCancellation()
}
