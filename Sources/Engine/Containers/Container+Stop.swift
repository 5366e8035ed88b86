import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import OCI
import Reconciler
import StackModel

extension Container {
  /// Stops it as a person would: `pre_stop`, the stop signal, the grace period (the container's own when nil), then SIGKILL. One that is not running is fine.
  func stop(grace: Duration?, _ emit: @escaping Emit = { _ in }) async throws {
    try await engine.containerGate.alone(on: id) { try await self.stopAlone(grace: grace, emit) }
  }

  /// `stop` for a caller that is in the gate already. A hook that fails leaves it running.
  func stopAlone(grace: Duration?, hooks: Bool = true, _ emit: @escaping Emit = { _ in }) async throws {
    pendingRestart?.cancel()
    pendingRestart = nil
    record.wasStopped = true
    guard let running else {
      if record.state == .restarting {
        record.state = .exited
        try await persist()
        announce(.exited(code: record.exitCode ?? 0, outOfMemory: record.wasOutOfMemory))
      }
      return
    }
    let image = await engine.images.resolve(record.imageID.description)
    let signal = stopSignal(spec, image?.config ?? ImageConfig())
    let grace = grace ?? spec.options.stopGracePeriod.duration
    if grace > .zero {
      var deadline = ContinuousClock.now.advanced(by: grace)
      if hooks, spec.options.hooks?.beforeStop.isEmpty == false {
        do {
          try await runPreStop(before: deadline, emit)
        } catch {
          record.wasStopped = false
          throw error
        }
        // Hooks that took all the time leave the program a little to end by itself.
        deadline = max(deadline, .now.advanced(by: min(grace, .seconds(2))))
      }
      try? await running.shim.signal(signal)
      if await waitUntilEnded(before: deadline) { return }
    }
    await terminate()
  }

  /// Kills every process of it and returns when it has ended.
  func terminate() async {
    guard let running else { return }
    try? await running.shim.signal(SIGKILL, toAll: true)
    try? running.cgroup?.kill()
    _ = await waitUntilEnded(before: nil)
  }

  /// Sends a signal (`KILL`, `SIGHUP`, `9`) to the first process. One that ends it by the user's wish keeps it down.
  func kill(signal name: String) async throws {
    guard let number = signalNumber(name) else {
      throw EngineError(
        .invalid, subject: spec.service.rawValue, "\"\(name)\" is not a signal", hint: "use a name like SIGHUP, or a number from 1 to 64")
    }
    guard let running else {
      throw EngineError(.conflict, subject: spec.service.rawValue, "the container \(spec.name) is not running")
    }
    let image = await engine.images.resolve(record.imageID.description)
    if number == SIGKILL || number == stopSignal(spec, image?.config ?? ImageConfig()) { record.wasStopped = true }
    try await running.shim.signal(number)
    if number == SIGKILL { _ = await waitUntilEnded(before: .now.advanced(by: .seconds(10))) }
  }
}
