import Cgroups
import Reconciler
import StackModel

extension LocalBackend {
  /// Runs `body` while nothing else is done with these containers and, with `freezes`, their processes stand still.
  func frozen<Value: Sendable>(
    _ containers: ArraySlice<Container>, freezes: Bool = true, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let first = containers.first else { return try await body() }
    return try await containerGate.alone(on: first.id) {
      let isPaused = await first.record.state == .paused
      let cgroup = freezes && !isPaused ? await first.running?.cgroup : nil
      try cgroup?.freeze()
      let value: Value
      do {
        value = try await self.frozen(containers.dropFirst(), freezes: freezes, body)
      } catch {
        try? cgroup?.thaw()
        throw error
      }
      try cgroup?.thaw()
      return value
    }
  }
}
