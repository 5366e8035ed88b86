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
  func stop(grace: Duration?, signal: Int32? = nil, _ emit: @escaping Emit = { _ in }) async throws {
    try await engine.containerGate.alone(on: id) { try await self.stopAlone(grace: grace, signal: signal, emit) }
  }

  /// `stop` for a caller that is in the gate already. A hook that fails leaves it running.
  func stopAlone(grace: Duration?, signal: Int32? = nil, hooks: Bool = true, _ emit: @escaping Emit = { _ in }) async throws {
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
    let signal = signal ?? stopSignal(spec, image?.config ?? ImageConfig())
    let grace = min(grace ?? spec.options.stopGracePeriod.duration, longestGrace)
    if grace < .zero {
      // As Docker: however long it takes.
      if hooks, spec.options.hooks?.beforeStop.isEmpty == false {
        do {
          thawIfPaused()
          try await runPreStop(before: .now.advanced(by: longestGrace), emit)
        } catch {
          record.wasStopped = false
          throw error
        }
      }
      await send(signal, to: running)
      if await waitUntilEnded(before: nil) { return announce(.stopped) }
      throw CancellationError()
    }
    if grace > .zero {
      var deadline = ContinuousClock.now.advanced(by: grace)
      if hooks, spec.options.hooks?.beforeStop.isEmpty == false {
        do {
          thawIfPaused()
          try await runPreStop(before: deadline, emit)
        } catch {
          record.wasStopped = false
          throw error
        }
        // Hooks that took all the time leave the program a little to end by itself.
        deadline = max(deadline, .now.advanced(by: min(grace, .seconds(2))))
      }
      await traced("signal") { await send(signal, to: running) }
      if await traced("wait for the end", { await waitUntilEnded(before: deadline) }) { return announce(.stopped) }
    }
    announce(.signalled(SIGKILL))
    try await terminate()
    announce(.stopped)
  }

  /// The signal that is to end it. One whose first process has ended already needs none.
  private func send(_ signal: Int32, to running: Running) async {
    if (try? await running.shim.signal(signal)) != nil { announce(.signalled(signal)) }
    thawIfPaused()
  }

  /// Kills every process of it and returns when it has ended; throws when the kernel does not let go of one (state D of `proc_pid_stat(5)`).
  /// Its end is then taken note of whenever it comes.
  func terminate() async throws {
    guard let running else { return }
    // The first process before the others, so that it does not end by itself because they are gone.
    do { try await running.shim.signal(SIGKILL, toAll: true) } catch { try? await running.shim.signal(SIGKILL) }
    try? running.cgroup?.kill()
    stuck = nil
    var (rounds, writing) = (0, 0)
    while rounds < 15, writing < 150 {
      if await waitUntilEnded(before: .now.advanced(by: .seconds(2))) { return }
      if self.running == nil { return }
      stuck = stuckProcess(of: running)
      // With its last process a container's root is written out: a slow disk takes minutes for what is dirty, and gets there.
      if let stuck, isWritingOut(stuck) {
        writing += 1
        continue
      }
      if stuck != nil { break }
      rounds += 1
      try? running.cgroup?.kill()
    }
    let process = stuck.map { "process \($0) is stuck in the kernel\(waitPlace($0))" } ?? "nothing says why"
    throw EngineError(
      .timedOut, subject: spec.service.rawValue, "the container \(spec.name) was killed and does not end: \(process)",
      hint: "look for the device or file system that it waits for; the container ends when that answers")
  }

  /// A process that sleeps where not even SIGKILL wakes it.
  func stuckProcess(of running: Running) -> Int32? { (try? running.cgroup?.processes())?.first(where: isUninterruptible) }

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
    announce(.signalled(number))
    // It would never get one that is to end it.
    if record.wasStopped { thawIfPaused() }
    if number == SIGKILL { _ = await waitUntilEnded(before: .now.advanced(by: .seconds(10))) }
  }
}

/// 34 years, longer than anybody waits. `Task.sleep` ends the program when a clock cannot count to its end.
private let longestGrace = Duration.seconds(1 << 30)

/// Whether a process sleeps where not even SIGKILL wakes it.
private func isUninterruptible(_ pid: Int32) -> Bool {
  guard let bytes = try? RegularFile.read("/proc/\(pid)/stat", limit: 4096) else { return false }
  return ProcessRow.parts(of: String(decoding: bytes, as: UTF8.self))?.fields.first == "D"
}

/// Whether it waits for the disk to take what is to be written.
private func isWritingOut(_ pid: Int32) -> Bool { ["wb_wait_for_completion", "jbd2_log_wait_commit"].contains(waitChannel(pid)) }

/// ` (percpu_rwsem_wait)`, where the kernel tells.
private func waitPlace(_ pid: Int32) -> String { waitChannel(pid).map { " (\($0))" } ?? "" }

/// The kernel's function that it sleeps in (`wchan` of `proc(5)`); nil: the kernel does not tell.
private func waitChannel(_ pid: Int32) -> String? {
  guard let bytes = try? RegularFile.read("/proc/\(pid)/wchan", limit: 256), !bytes.isEmpty, bytes != [UInt8(ascii: "0")] else {
    return nil
  }
  return String(decoding: bytes, as: UTF8.self)
}
