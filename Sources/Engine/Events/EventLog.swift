import Backend
import LinuxKit
import Reconciler
import StackModel
import Synchronization

/// Everything that happens, in order, to whoever listens. Keeps nothing: a listener gets what comes after it began.
final class EventLog: Sendable {
  private struct State {
    var next: UInt64 = 1
    var last: Int64 = 0
    var listeners: [UInt64: (project: ProjectName?, continuation: AsyncStream<Event>.Continuation)] = [:]
    var nextListener: UInt64 = 1
  }
  private let state = Mutex(State())
  private let secrets: SecretsSeen

  /// `secrets`: what is taken out of every event.
  init(without secrets: SecretsSeen) { self.secrets = secrets }

  /// Appends an event, hands it to the listeners and returns it.
  @discardableResult
  func append(_ kind: Event.Kind, project: ProjectName?) -> Event {
    let kind = secrets.redact(kind)
    return state.withLock { state in
      // A clock that is set back makes no event older than the one before it.
      state.last = max(state.last, WallClock.nanoseconds())
      let event = Event(sequence: state.next, at: state.last, project: project, kind: kind)
      state.next += 1
      for listener in state.listeners.values where listener.project == nil || listener.project == project {
        listener.continuation.yield(event)
      }
      return event
    }
  }

  /// Everything from now on; a listener that falls 10,000 events behind loses the oldest.
  func listen(_ project: ProjectName?) -> AsyncStream<Event> {
    let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(10_000))
    let id = state.withLock { state in
      let id = state.nextListener
      state.nextListener += 1
      state.listeners[id] = (project, continuation)
      return id
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.listeners.removeValue(forKey: id) }
    }
    return stream
  }
}
