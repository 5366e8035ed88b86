import Synchronization

/// Counts the changes to the engine's state, so that a plan can tell that the world has moved on.
final class Generation: Sendable {
  private let value = Atomic<Int64>(1)
  var current: Int64 { value.load(ordering: .acquiring) }
  func advance() { value.add(1, ordering: .acquiringAndReleasing) }
}
