public import Backend
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import OCI
import Reconciler
import ShimProtocol
import StackModel
import Synchronization

extension LocalBackend {
  public func session(
    _ request: SessionRequest, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32 {
    switch request {
    case .exec(let exec): try await self.exec(exec, input: input, output: output)
    case .run(let run): try await self.run(run, input: input, output: output)
    case .attach(let attach): try await self.attach(attach, input: input, output: output)
    }
  }

  /// The container that a further process is for.
  private func container(for request: SessionRequest.Exec) async throws -> Container {
    if let name = request.container { return try await container(matching: name) }
    let candidates = await containers.all(request.project).filter { $0.spec.service == request.service && !$0.spec.isOneOff }
    guard let container = candidates.first(where: { $0.spec.number == request.index }) else {
      throw EngineError(
        .notFound,
        candidates.isEmpty
          ? "service \"\(request.service)\" is not running" : "service \"\(request.service)\" has no container \(request.index)",
        hint: candidates.isEmpty ? "start it: muster -p \(request.project) up -d \(request.service)" : nil)
    }
    return container
  }

  private func exec(
    _ request: SessionRequest.Exec, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32 {
    let container = try await container(for: request)
    try await container.refusePaused("exec")
    guard let shim = await container.running?.shim, let image = await images.resolve(container.record.imageID.description) else {
      if request.container != nil { throw EngineError(.conflict, "container \(container.spec.name) is not running") }
      throw EngineError(
        .conflict, "service \"\(request.service)\" is not running", hint: "start it: muster -p \(request.project) start \(request.service)")
    }
    let session: ExecSession
    do {
      session = try await container.execute(
        ExecOptions(
          command: request.command, environment: request.environment, user: request.user, workingDirectory: request.workingDirectory,
          isPrivileged: request.isPrivileged, hasTerminal: request.hasTerminal),
        isInteractive: request.isInteractive && !request.isDetached, isDetached: request.isDetached, image: image)
    } catch let failure as SetupFailure {
      await output(.bytes(Array("\(failure)\n".utf8), stream: .stderr))
      return failure.exitCode
    }
    await output(.started(id: container.id, name: container.spec.name))
    if request.isDetached { return 0 }
    let streams = try ProcessStreams(session.takeStreams(), poller: poller)
    return try await follow(
      streams, of: shim, session: session.session, hasTerminal: request.hasTerminal, input: input, output: output
    ) { await session.exitUnlessCancelled()?.code }
  }

  private func run(
    _ request: SessionRequest.Run, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32 {
    guard request.stack.services[request.service] != nil else { throw EngineError(.notFound, "no such service: \(request.service)") }
    var stack = request.stack
    stack.services[request.service]?.options = request.options
    let lowered = try await self.lowered(
      StackRequest(project: request.project, stack: stack, operation: .up(UpOptions()), values: request.values), remember: false)
    guard let service = lowered?.services[request.service] else { throw EngineError(.notFound, "no such service: \(request.service)") }
    if await catalog.stack(request.project) == nil {
      _ = try await self.lowered(
        StackRequest(project: request.project, stack: request.stack, operation: .up(UpOptions()), values: request.values), remember: true)
    }
    var options = service.options
    if !request.usesAliases, case .bridges(var attachments) = options.network {
      for index in attachments.indices { attachments[index].aliases = [] }
      options.network = .bridges(attachments)
    }
    let number =
      await containers.all(request.project).filter { $0.spec.service == request.service && $0.spec.isOneOff }.map(\.spec.number).max() ?? 0
    let spec = ContainerSpec(
      project: request.project, service: request.service, number: number + 1, isOneOff: true,
      name: request.name ?? "\(request.project)-\(request.service)-run-\(randomHex(12))", image: service.image, options: options)
    let container = try await traced("create") {
      try await create(spec, anonymousVolumes: [:], removesAfter: request.removesAfter, caller: request.caller)
    }
    let attached = Attached()
    do {
      try await traced("start") {
        try await containerGate.alone(on: container.id) {
          try await container.startAlone { shim in
            if !request.isDetached { attached.set(shim, try ProcessStreams(try await shim.attach(), poller: self.poller)) }
          }
        }
      }
    } catch {
      let code = await container.record.exitCode
      if request.removesAfter { try? await remove(container.id, volumes: true) }
      guard let code else { throw error }
      await output(.bytes(Array("\(error)\n".utf8), stream: .stderr))
      return code
    }
    await output(.started(id: container.id, name: spec.name))
    for warning in await container.warnings { await output(.warning("Container \(spec.name): \(warning)")) }
    guard let (shim, streams) = attached.value else { return 0 }
    let code = try await traced("follow") {
      try await follow(streams, of: shim, session: 0, hasTerminal: false, input: input, output: output) {
        await shim.exitStatusUnlessCancelled()?.code
      }
    }
    if request.removesAfter { try? await traced("remove") { try await remove(container.id, volumes: true) } }
    return code
  }
}

/// What a container's start hands to whoever started it.
final class Attached: Sendable {
  private let state = Mutex<(Shim, ProcessStreams)?>(nil)
  var value: (Shim, ProcessStreams)? { state.withLock { $0 } }
  func set(_ shim: Shim, _ streams: ProcessStreams) { state.withLock { $0 = (shim, streams) } }
}
