import Synchronization

/// The task that reads a container's output, handed from where it begins to where it is waited for.
final class DrainTask: Sendable {
  private let task = Mutex<Task<Void, Never>?>(nil)
  func set(_ value: Task<Void, Never>) { task.withLock { $0 = value } }

  /// Waits until everything is read.
  func finish() async { await task.withLock { $0 }?.value }
}
