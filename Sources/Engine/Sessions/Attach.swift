import Backend
import ContainerRuntime
import Reconciler
import ShimProtocol
import StackModel
import Synchronization

extension LocalBackend {
  /// Looks on at a container's first process, which may be started for it.
  func attach(
    _ request: SessionRequest.Attach, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32 {
    let container = try await container(matching: request.container)
    let attached = Attached()
    if request.starts {
      try await container.refusePaused("start")
      do {
        try await runInitSteps(for: container) { _ in }
        try await containerGate.alone(on: container.id) {
          try await container.startAlone { shim in attached.set(shim, try ProcessStreams(try await shim.attach(), poller: self.poller)) }
        }
      } catch {
        guard let code = await container.record.exitCode, await container.running == nil, await container.record.startedAt == nil else {
          throw error
        }
        await output(.bytes(Array("\(error)\n".utf8), stream: .stderr))
        if await container.record.removesAfter { try? await remove(container.id, volumes: true) }
        return code
      }
    }
    if attached.value == nil {
      guard let shim = await container.running?.shim else {
        throw EngineError(
          .conflict, "cannot attach to a stopped container", hint: "start it first: muster container start \(container.spec.name)")
      }
      guard await container.record.state != .paused else {
        throw EngineError(
          .conflict, "cannot attach to a paused container", hint: "unpause it first: muster container unpause \(container.spec.name)")
      }
      attached.set(shim, try ProcessStreams(try await shim.attach(), poller: poller))
    }
    guard let (shim, streams) = attached.value else { return 0 }
    await output(.started(id: container.id, name: container.spec.name))
    for warning in await container.warnings { await output(.warning("Container \(container.spec.name): \(warning)")) }
    return try await follow(streams, of: shim, session: 0, hasTerminal: false, keepsInput: true, input: input, output: output) {
      guard let code = await shim.exitStatusUnlessCancelled()?.code else { return nil }
      // Who sees the end of one that goes with it finds its name free.
      if await container.record.removesAfter { try? await self.remove(container.id, volumes: true) }
      return code
    }
  }
}
