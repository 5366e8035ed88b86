import Synchronization

/// A value that comes once and may be waited for by many.
final class Promise<Value: Sendable>: Sendable {
  private enum State {
    case waiting([CheckedContinuation<Value, Never>])
    case there(Value)
  }
  private let state = Mutex(State.waiting([]))

  /// Gives the value; only the first counts.
  func fulfil(_ value: Value) {
    let waiting = state.withLock { state in
      guard case .waiting(let waiting) = state else { return [CheckedContinuation<Value, Never>]() }
      state = .there(value)
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: value) }
  }

  /// The value, if it has come.
  var current: Value? {
    state.withLock { if case .there(let value) = $0 { value } else { nil } }
  }

  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let there = state.withLock { state -> Value? in
        switch state {
        case .there(let value): return value
        case .waiting(let waiting):
          state = .waiting(waiting + [continuation])
          return nil
        }
      }
      if let there { continuation.resume(returning: there) }
    }
  }
}
