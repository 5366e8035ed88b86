import Backend
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import OCI
import Reconciler
import ShimProtocol
import StackModel

/// Takes events for whoever asked for an operation.
typealias Emit = @Sendable (Event.Kind) -> Void

// `post_start` and `pre_stop` are commands in the running container (Compose Specification, "post_start", "pre_stop"): one after the other,
// and the first that fails ends it.

extension Container {
  /// Runs `post_start`. One that fails stops the container. Restarts by policy run none, as Compose knows nothing of them.
  func runPostStart(_ emit: @escaping Emit) async throws {
    guard let hooks = spec.options.hooks?.afterStart, !hooks.isEmpty else { return }
    do {
      for (index, hook) in hooks.enumerated() { try await run(hook, named: "post_start[\(index)]", emit: emit) }
    } catch {
      // It is not what it should be, so nobody is to take it for that.
      try await shielded { try await self.engine.containerGate.alone(on: self.id) { try await self.stopAlone(grace: nil, hooks: false) } }
      throw error
    }
  }

  /// Runs `pre_stop`, whose time is part of the grace period: a hook still running at the deadline is killed, and the stop goes on.
  func runPreStop(before deadline: ContinuousClock.Instant, _ emit: @escaping Emit) async throws {
    for (index, hook) in (spec.options.hooks?.beforeStop ?? []).enumerated() {
      let name = "pre_stop[\(index)]"
      guard running != nil else { return }
      guard ContinuousClock.now < deadline else { return tell("\(name) is not run: the grace period is over") }
      do {
        try await run(hook, named: name, before: deadline, emit: emit)
      } catch {
        // It ended by itself meanwhile: there is nothing left to be stopped.
        guard running != nil else { return }
        if ContinuousClock.now >= deadline { return tell("\(name) was ended: the grace period is over") }
        throw error
      }
    }
  }

  /// Runs one hook to its end; its output is told line by line, and its last lines are in the error when it fails.
  private func run(
    _ hook: Hook, named name: String, before deadline: ContinuousClock.Instant? = nil, emit: @escaping Emit
  ) async throws {
    guard let shim = running?.shim, let image = await engine.images.resolve(record.imageID.description) else {
      throw EngineError(.conflict, subject: spec.service.rawValue, "\(name) cannot be run: the container \(spec.name) has ended")
    }
    let subject = "Container \(spec.name)"
    let tail = OutputTail { emit(.output(subject: subject, line: "\(name): \($0)")) }
    let code: Int32
    do {
      let session = try await execute(
        ExecOptions(
          command: hook.command, environment: hook.environment, user: hook.user, workingDirectory: hook.workingDirectory,
          isPrivileged: hook.isPrivileged), isInteractive: false, image: image)
      code = try await follow(session, of: shim, until: deadline, tail)
    } catch let failure as SetupFailure {
      announce(.hook(name, code: failure.exitCode))
      throw EngineError(.invalid, subject: spec.service.rawValue, "\(name) of \(spec.name) could not be run: \(failure)")
    }
    announce(.hook(name, code: code))
    try Task.checkCancellation()
    guard code == 0 else {
      throw EngineError(
        .unavailable, subject: spec.service.rawValue, failureText("\(name) of \(spec.name)", code: code, tail: await tail.text()))
    }
  }

  private func follow(
    _ session: ExecSession, of shim: Shim, until deadline: ContinuousClock.Instant?, _ tail: OutputTail
  ) async throws -> Int32 {
    let streams = try ProcessStreams(session.takeStreams(), poller: engine.poller)
    streams.closeInput()
    let drain = Task { await streams.drain { await tail.add($0, isError: $1) } }
    let timer = deadline.map { deadline in
      Task {
        try? await Task.sleep(until: deadline, clock: .continuous)
        if !Task.isCancelled { try? await shim.signal(SIGKILL, session: session.session) }
      }
    }
    let status = await withTaskCancellationHandler {
      await session.exit()
    } onCancel: {
      Task { try? await shim.signal(SIGKILL, session: session.session) }
    }
    timer?.cancel()
    // What it left in the background may hold the streams; its last lines are there by then.
    let patience = Task {
      try? await Task.sleep(for: .milliseconds(200))
      drain.cancel()
    }
    await drain.value
    patience.cancel()
    return status.code
  }
}

/// `post_start[0] of shop-web-1 exited with 3:` and what it said last.
func failureText(_ what: String, code: Int32, tail: String) -> String {
  "\(what) exited with \(code)" + (tail.isEmpty ? "" : ":\n" + tail)
}
