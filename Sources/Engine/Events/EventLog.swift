import Backend
import LinuxKit
import Reconciler
import StackModel
import Synchronization

/// Everything that happens, in order, to whoever listens. Of what has begun and ended it keeps the last: a listener may ask for them.
final class EventLog: Sendable {
  private struct State {
    var next: UInt64 = 1
    var last: Int64 = 0
    var listeners: [UInt64: (project: ProjectName?, continuation: AsyncStream<Event>.Continuation)] = [:]
    var nextListener: UInt64 = 1
    /// The last events with a message, in a ring: the oldest is at `oldest` when it is full.
    var kept: [Event] = []
    var oldest = 0

    mutating func keep(_ event: Event) {
      if kept.count < EventLog.mostKept { return kept.append(event) }
      kept[oldest] = event
      oldest = (oldest + 1) % kept.count
    }
  }
  static let mostKept = 1000
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
      if event.message != nil { state.keep(event) }
      for listener in state.listeners.values where listener.project == nil || listener.project == project {
        listener.continuation.yield(event)
      }
      return event
    }
  }

  /// What is kept of the time since then (nil: nothing), and everything from now on; a listener that falls 10,000 events behind loses the oldest.
  func listen(_ project: ProjectName?, since: Int64? = nil) -> (past: [Event], stream: AsyncStream<Event>) {
    let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(10_000))
    let (id, past) = state.withLock { state in
      let id = state.nextListener
      state.nextListener += 1
      state.listeners[id] = (project, continuation)
      guard let since else { return (id, [Event]()) }
      let inOrder = state.kept[state.oldest...] + state.kept[..<state.oldest]
      return (id, inOrder.filter { $0.at >= since && (project == nil || $0.project == project) })
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.listeners.removeValue(forKey: id) }
    }
    return (past, stream)
  }
}
