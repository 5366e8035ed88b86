import Backend
import Synchronization

/// Events in the order they came.
final class Told: Sendable {
  private let list = Mutex<[Event]>([])
  var events: [Event] { list.withLock { $0 } }
  func add(_ event: Event) { list.withLock { $0.append(event) } }
}
