import Synchronization

/// A value that comes once and may be waited for by many.
final class Promise<Value: Sendable>: Sendable {
  private struct Waiting {
    var patient: [CheckedContinuation<Value, Never>] = []
    /// Those who go when their task is cancelled.
    var others: [UInt64: CheckedContinuation<Value?, Never>] = [:]
    var nextID: UInt64 = 0
  }
  private enum State {
    case waiting(Waiting)
    case there(Value)
  }
  private let state = Mutex(State.waiting(Waiting()))

  /// Gives the value; only the first counts.
  func fulfil(_ value: Value) {
    let waiting = state.withLock { state in
      guard case .waiting(let waiting) = state else { return Waiting() }
      state = .there(value)
      return waiting
    }
    for continuation in waiting.patient { continuation.resume(returning: value) }
    for continuation in waiting.others.values { continuation.resume(returning: value) }
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
        case .waiting(var waiting):
          waiting.patient.append(continuation)
          state = .waiting(waiting)
          return nil
        }
      }
      if let there { continuation.resume(returning: there) }
    }
  }

  /// The value, or nil when the task is cancelled before it comes.
  func valueUnlessCancelled() async -> Value? {
    let id = state.withLock { state -> UInt64 in
      guard case .waiting(var waiting) = state else { return 0 }
      defer { state = .waiting(waiting) }
      waiting.nextID += 1
      return waiting.nextID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> Value?? in
          switch state {
          case .there(let value): return .some(value)
          case .waiting(var waiting):
            if Task.isCancelled { return .some(nil) }
            waiting.others[id] = continuation
            state = .waiting(waiting)
            return nil
          }
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
        guard case .waiting(var waiting) = state else { return nil }
        defer { state = .waiting(waiting) }
        return waiting.others.removeValue(forKey: id)
      }
      waiter?.resume(returning: nil)
    }
  }
}
