import Backend
import ContainerRuntime
import Reconciler
import StackModel

extension Container {
  /// Has a container that is unhealthy begin again, where `x-muster.on_unhealthy` asks for it.
  func beginUnhealthyRestart(_ shim: Shim) {
    // One that is to take another's place has shown that it cannot; who watches it sees to it.
    guard case .restart(let maximum) = spec.options.onUnhealthy, record.traffic == nil else { return }
    // Not in the task that probes, which ends with the container.
    Task { await self.restartUnhealthy(shim, maximum) }
  }

  private func restartUnhealthy(_ shim: Shim, _ maximum: Int?) async {
    await engine.containerGate.alone(on: id) {
      await self.restartUnhealthyAlone(shim, maximum)
    }
  }

  private func restartUnhealthyAlone(_ shim: Shim, _ maximum: Int?) async {
    guard running?.shim === shim, health?.state == .unhealthy, !record.wasStopped, !isAbandoned else { return }
    guard let delay = record.restart.unhealthy(maximum: maximum) else {
      tell("it is unhealthy, and is not restarted any more: \(maximum ?? 0) restarts in a row have not made it healthy")
      return
    }
    record.remark = "restarted because it was unhealthy"
    tell("it is unhealthy, and is restarted (x-muster.on_unhealthy)")
    restartsAfterStop = delay
    do {
      try await stopAlone(grace: nil, hooks: false)
    } catch {
      (restartsAfterStop, record.wasStopped) = (nil, false)
      tell("it is unhealthy, and could not be stopped: \(error)")
    }
  }
}
