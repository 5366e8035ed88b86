import Backend
import Cgroups
import ContainerRuntime
import Reconciler
import StackModel

extension Container {
  /// Stops all its processes where they are (the freezer of its control group).
  func pause() async throws {
    try await engine.containerGate.alone(on: id) { try await self.pauseAlone() }
  }

  private func pauseAlone() async throws {
    guard let running, let cgroup = running.cgroup else { throw notRunning() }
    guard record.state != .paused else { throw EngineError(.conflict, "Container \(spec.name) is already paused") }
    try cgroup.freeze()
    record.state = .paused
    try await persist()
    announce(.paused)
  }

  /// Lets them go on.
  func unpause() async throws {
    try await engine.containerGate.alone(on: id) { try await self.unpauseAlone() }
  }

  private func unpauseAlone() async throws {
    guard record.state == .paused, let cgroup = running?.cgroup else {
      throw EngineError(.conflict, "Container \(spec.name) is not paused")
    }
    try cgroup.thaw()
    record.state = .running
    try await persist()
    announce(.unpaused)
  }

  /// For what is to reach its processes.
  func thawIfPaused() {
    guard record.state == .paused else { return }
    try? running?.cgroup?.thaw()
    record.state = .running
    announce(.unpaused)
  }

  /// Docker's refusal of what cannot be done meanwhile.
  func refusePaused(_ verb: String) throws(EngineError) {
    guard record.state == .paused else { return }
    throw EngineError(
      .conflict, "Container \(spec.name) is paused, unpause the container before \(verb)",
      hint: "muster container unpause \(spec.name)")
  }

  func notRunning() -> EngineError { EngineError(.conflict, "Container \(spec.name) is not running") }
}
