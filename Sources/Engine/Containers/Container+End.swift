import Backend
import Cgroups
import ContainerRuntime
import Networking
import Reconciler
import ShimProtocol
import StackModel

extension Container {
  /// Takes note that the first process has ended.
  func ended(_ status: ExitStatus) async {
    guard let ending = running else { return }
    ending.probe?.cancel()
    await settle(status, cgroup: ending.cgroup, ran: ending.since.duration(to: .now))
  }

  /// Gives back what it held, remembers how it ended, and lets the restart policy decide.
  ///
  /// `waitsForDependencies`: as `restart` has it.
  func settle(_ status: ExitStatus, cgroup: (any Cgroup)?, ran: Duration, waitsForDependencies: Bool = false) async {
    let outOfMemory = status.wasOutOfMemory || (cgroup?.oomKills ?? 0) > 0
    let networks = await networks(of: record.endpoints)
    await release(cgroup: cgroup)
    running = nil
    stuck = nil
    health = nil
    record.state = .exited
    record.exitCode = status.code
    record.wasOutOfMemory = outOfMemory
    record.finishedAt = status.at
    record.endpoints = []
    let delay = await nextStart(after: status, ran: ran)
    if delay != nil { record.state = .restarting }
    await persistOrTell()
    if outOfMemory { announce(.ranOutOfMemory) }
    announce(.exited(code: status.code, outOfMemory: outOfMemory))
    tell("disconnect", networks)
    tellVolumes("unmount")
    await engine.refreshLinks(to: spec)
    if let delay { restart(after: delay, waitsForDependencies: waitsForDependencies || waitsAfterStop) }
    waitsAfterStop = false
    if record.removesAfter {
      let engine = engine
      let id = id
      Task { try? await engine.remove(id, volumes: true) }
    }
  }

  /// Gives back network and cgroup, killing what is left in it.
  func release(cgroup: (any Cgroup)?) async {
    await engine.leaveNetwork(self)
    await removeGroup(cgroup)
  }

  func removeGroup(_ cgroup: (any Cgroup)?) async {
    guard let cgroup else { return }
    try? cgroup.kill()
    do {
      try await cgroup.remove()
    } catch {
      tell("its cgroup could not be removed: \(error)")
    }
  }

  /// Starts it again after the delay, unless somebody else has meanwhile decided.
  ///
  /// `waitsForDependencies`: not before what it depends on is as its `depends_on` says, which comes too.
  func restart(after delay: Duration, waitsForDependencies: Bool = false) {
    guard !isAbandoned else { return }
    announce(.restarting)
    pendingRestart = Task {
      try? await Task.sleep(for: delay)
      guard !Task.isCancelled else { return }
      if waitsForDependencies { await engine.waitForDependencies(of: spec) }
      guard !Task.isCancelled else { return }
      await engine.containerGate.alone(on: id) { await self.restartAlone() }
    }
  }

  private func restartAlone() async {
    guard record.state == .restarting, running == nil, !record.wasStopped, !isAbandoned else { return }
    pendingRestart = nil
    do {
      try await launch()
      engine.followRestart(of: spec)
    } catch {
      tell("restart failed: \(error)")
      let delay = nextRestart(exitCode: 127, ran: .zero) ?? lostDelay()
      record.state = delay == nil ? .exited : .restarting
      await persistOrTell()
      if let delay { restart(after: delay) }
    }
  }

  /// One that was taken away is tried again and again.
  private func lostDelay() -> Duration? {
    record.remark == nil ? nil : record.restart.ended(policy: .always, exitCode: 127, ran: .zero, wasStopped: record.wasStopped)
  }

  /// The delay before it is started again; nil: it stays down.
  private func nextStart(after status: ExitStatus, ran: Duration) async -> Duration? {
    if let delay = restartsAfterStop {
      (restartsAfterStop, record.wasStopped) = (nil, false)
      return delay
    }
    if let delay = nextRestart(exitCode: status.code, ran: ran) { return delay }
    // With its shim, or with the machine, it was taken away behind everybody's back: no end of its own, that a policy would be asked for.
    // Nobody has then written its end down.
    guard readExitRecord(files.exitRecord)?.at != status.at, !record.wasStopped, !record.removesAfter, !spec.isOneOff,
      await engine.keeps(spec.project)
    else { return nil }
    record.remark = "started again after it was taken away"
    return record.restart.ended(policy: .always, exitCode: status.code, ran: ran, wasStopped: false)
  }

  private func nextRestart(exitCode: Int32, ran: Duration) -> Duration? {
    record.restart.ended(
      policy: spec.options.restart, limits: spec.options.restartLimits, exitCode: exitCode, ran: ran, wasStopped: record.wasStopped)
  }

  /// The database failing must not hide that a process ended.
  func persistOrTell() async {
    do {
      try await persist()
    } catch {
      tell("its state could not be written: \(error)")
    }
  }

  nonisolated func tell(_ warning: String) {
    engine.log.append(.warning("Container \(spec.name): \(warning)"), project: spec.project)
  }
}
