import Synchronization

/// Passes values from several tasks to one, without a store: who puts waits until the value is taken.
final class Handoff<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [(value: Element, giver: CheckedContinuation<Void, Never>)] = []
    var taker: CheckedContinuation<Element?, Never>?
    var isClosed = false
  }
  private let state = Mutex(State())

  /// Returns when the value was taken, or nobody takes any more.
  func put(_ value: Element) async {
    await withCheckedContinuation { giver in
      let (taker, isDone) = state.withLock { state -> (CheckedContinuation<Element?, Never>?, Bool) in
        if state.isClosed { return (nil, true) }
        if let taker = state.taker {
          state.taker = nil
          return (taker, true)
        }
        state.waiting.append((value, giver))
        return (nil, false)
      }
      taker?.resume(returning: value)
      if isDone { giver.resume() }
    }
  }

  /// The next value; nil after `close`, or when the task is cancelled.
  func take() async -> Element? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { taker in
        let found = state.withLock { state -> (value: Element?, giver: CheckedContinuation<Void, Never>?)? in
          if state.isClosed { return (nil, nil) }
          if state.waiting.isEmpty {
            state.taker = taker
            return nil
          }
          let first = state.waiting.removeFirst()
          return (first.value, first.giver)
        }
        guard let found else { return }
        found.giver?.resume()
        taker.resume(returning: found.value)
      }
    } onCancel: {
      close()
    }
  }

  /// Nothing is passed any more; who waits goes on.
  func close() {
    let (taker, waiting) = state.withLock { state in
      state.isClosed = true
      defer { (state.taker, state.waiting) = (nil, []) }
      return (state.taker, state.waiting)
    }
    taker?.resume(returning: nil)
    for entry in waiting { entry.giver.resume() }
  }
}
