import Backend
import Synchronization

/// Which events of an operation are shown: without the output of builds, without the progress of pulls.
final class EventFilter: Sendable {
  private let hidesBuilds: Bool
  private let hidesPulls: Bool
  /// Subjects that are being built.
  private let built = Mutex<Set<String>>([])

  init(hidesBuilds: Bool = false, hidesPulls: Bool = false) {
    self.hidesBuilds = hidesBuilds
    self.hidesPulls = hidesPulls
  }

  func shows(_ event: Event) -> Bool {
    switch event.kind {
    case .progress(let progress):
      if progress.status == "Building" { built.withLock { _ = $0.insert(progress.subject) } }
      // A layer.
      return progress.parent == nil || !hidesPulls
    case .output(let subject, _): return !(built.withLock { $0.contains(subject) } ? hidesBuilds : hidesPulls)
    case .container, .job, .thing, .warning, .unchanged: return true
    }
  }
}
