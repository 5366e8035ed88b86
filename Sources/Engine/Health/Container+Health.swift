import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import Networking
import OCI
import Reconciler
import ShimProtocol
import StackModel

extension Container {
  /// Probes the health from now on, when there is a check; the container counts as starting until one has succeeded.
  func beginHealth(_ shim: Shim, image: Image) {
    running?.probe?.cancel()
    running?.probe = nil
    health = nil
    let check = ResolvedHealthcheck(spec, image.config)
    hasHealthcheck = check != nil
    guard let check else { return }
    health = HealthMachine(check)
    running?.probe = Task { await self.watchHealth(check, shim: shim, since: .now) }
  }

  /// Probes the container's health until it ends.
  private func watchHealth(_ check: ResolvedHealthcheck, shim: Shim, since: ContinuousClock.Instant) async {
    while !Task.isCancelled {
      guard let delay = health?.delay(sinceStart: since.duration(to: .now)) else { return }
      try? await Task.sleep(for: delay)
      guard !Task.isCancelled, running?.shim === shim else { return }
      // Nothing can answer.
      while record.state == .paused, running?.shim === shim, !Task.isCancelled { await nextChange() }
      guard !Task.isCancelled, running?.shim === shim else { return }
      let began = since.duration(to: .now)
      let success = await probe(check, shim: shim)
      guard !Task.isCancelled, running?.shim === shim else { return }
      guard let state = health?.record(success: success, sinceStart: began) else { continue }
      if !record.endpoints.isEmpty { await engine.networking.setNames(names(record.endpoints)) }
      announce(.health(state.rawValue))
      switch state {
      case .healthy: record.restart.becameHealthy()
      case .unhealthy: beginUnhealthyRestart(shim)
      case .starting: break
      }
    }
  }

  /// Makes the check once; too slow is a failure.
  private func probe(_ check: ResolvedHealthcheck, shim: Shim) async -> Bool {
    switch check.probe {
    case .command(let command): await probe(command, timeout: check.timeout, shim: shim)
    case .target(let target):
      await NetworkProbe(pid: shim.pid, target: target, poller: engine.poller).succeeds(within: check.timeout.duration)
    }
  }

  /// Runs the command inside the container; one that is too slow is killed with all that it has started.
  private func probe(_ command: [String], timeout: Timespan, shim: Shim) async -> Bool {
    guard let image = await engine.images.resolve(record.imageID.description) else { return false }
    do {
      let session = try await execute(ExecOptions(command: command), isInteractive: false, image: image, isProbe: true)
      let streams = try ProcessStreams(session.takeStreams(), poller: engine.poller)
      streams.closeInput()
      let drain = Task { await streams.drain { _, _ in } }
      let timer = Task {
        try? await Task.sleep(for: timeout.duration)
        guard !Task.isCancelled else { return }
        try? await shim.signal(SIGKILL, session: session.session)
        try? self.running?.cgroup?.nested(probeGroup).inner.kill()
      }
      let status = await session.exit()
      timer.cancel()
      drain.cancel()
      return status.code == 0
    } catch {
      return false
    }
  }
}
