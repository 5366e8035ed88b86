import Synchronization
import Terminal

/// Gathers what is written.
final class Written: Sendable {
  private let pieces = Mutex("")
  var text: String { pieces.withLock { $0 } }
  var sink: TextSink { { piece in self.pieces.withLock { $0 += piece } } }
}
