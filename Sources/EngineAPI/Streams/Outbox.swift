import Synchronization

/// Bytes on their way to a client: written in small pieces, read in the largest that there is.
///
/// `send` waits while the reader is behind; `post`, for callers that cannot wait, drops what is not essential instead.
final class Outbox: Sendable {
  private struct State {
    var pending: [UInt8] = []
    var isFinished = false
    var isClosed = false
    var reader: CheckedContinuation<Void, Never>?
    var writers: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  /// Bytes that may wait before `send` waits.
  private let highWater = 256 << 10
  /// Bytes that may wait before `post` drops what is not essential.
  private let dropMark = 8 << 20

  /// Adds without waiting.
  func post(_ bytes: [UInt8], isEssential: Bool) {
    let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.isClosed, isEssential || state.pending.count < dropMark else { return nil }
      state.pending.append(contentsOf: bytes)
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }

  /// Adds, and waits until the reader has caught up or is gone.
  func send(_ bytes: [UInt8]) async {
    post(bytes, isEssential: true)
    await withCheckedContinuation { continuation in
      let mayGoOn = state.withLock { state in
        if state.isClosed || state.pending.count < highWater { return true }
        state.writers.append(continuation)
        return false
      }
      if mayGoOn { continuation.resume() }
    }
  }

  /// No more will come.
  func finish() {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.isFinished = true
      defer { state.reader = nil }
      return state.reader
    }?.resume()
  }

  /// Nobody reads any more: what is sent from now on is lost.
  func close() {
    let (reader, writers) = state.withLock { state in
      state.isClosed = true
      state.pending = []
      defer { (state.reader, state.writers) = (nil, []) }
      return (state.reader, state.writers)
    }
    reader?.resume()
    for writer in writers { writer.resume() }
  }

  /// All that waits; nil after the last. One reader only. Ends when its task is cancelled.
  func next() async -> [UInt8]? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.pending.isEmpty || state.isFinished || state.isClosed { return true }
          state.reader = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      close()
    }
    let (bytes, writers) = state.withLock { state in
      defer { (state.pending, state.writers) = ([], []) }
      return (state.pending, state.writers)
    }
    for writer in writers { writer.resume() }
    return bytes.isEmpty ? nil : bytes
  }
}
