import Backend
import ContainerRuntime
import ImageStore
import OCI
import Reconciler
import ShimProtocol
import StackModel

// `pre_start`: containers that have to succeed, one after the other, before the service's own begins. One that has succeeded is not run
// again until something that it is made from changes, the container is recreated by force, or the stack is taken down. Restarts by
// policy run none.

extension LocalBackend {
  /// Runs what of a container's `pre_start` has not been done.
  func runInitSteps(for container: Container, _ emit: @escaping Emit) async throws {
    for (index, step) in (container.spec.options.hooks?.beforeStart ?? []).enumerated() {
      let spec = container.spec.initContainer(index, step)
      // Replicas that start at the same time share the step's one run.
      try await initRuns.share(spec.name) {
        try await self.runInitStep(spec, "pre_start[\(index)]", owner: step.isPerReplica ? container.id : nil, for: container, emit)
      }
    }
  }

  private func runInitStep(
    _ spec: ContainerSpec, _ key: String, owner: ContainerID?, for container: Container, _ emit: @escaping Emit
  ) async throws {
    guard let image = await images.resolve(spec.image) else {
      throw EngineError(
        .notFound, subject: spec.service.rawValue, "\(key): the image \"\(spec.image)\" is not on this machine",
        hint: "import it: muster image import FILE \(spec.image)")
    }
    let row = InitRow(name: spec.name, spec: spec, imageID: image.id, owner: owner)
    if await catalog.initStep(spec.name) == row { return }
    try Task.checkCancellation()
    // What an earlier attempt left to be looked at.
    if let old = await containers.find(name: spec.name) { try await removeInit(old, volumesOf: container) }
    let subject = "Container \(spec.name)"
    let tail = OutputTail { emit(.output(subject: subject, line: $0)) }
    emit(.progress(.init(subject: subject, status: "Starting", phase: .working)))
    let made = try await create(spec, anonymousVolumes: await container.record.anonymousVolumes)
    var code: Int32?
    do {
      code = try await follow(made, tail)
    } catch {
      try await shielded { try await self.removeInit(made, volumesOf: container) }
      emit(.progress(.init(subject: subject, status: "Error", phase: .failed, detail: String(describing: error))))
      throw error
    }
    guard code == 0 else {
      let message = failureText("\(key) of \(container.spec.service)", code: code ?? 255, tail: await tail.text())
      emit(.progress(.init(subject: subject, status: "Error", phase: .failed, detail: "exited with \(code ?? 255)")))
      throw EngineError(.unavailable, subject: spec.service.rawValue, message, hint: "its container \(spec.name) is kept for its logs")
    }
    try await shielded {
      try await self.catalog.put(row)
      try await self.removeInit(made, volumesOf: container)
    }
    emit(.progress(.init(subject: subject, status: "Exited", phase: .done)))
  }

  /// Runs the container to its end; one whose waiting is given up is ended. Returns its exit code.
  private func follow(_ container: Container, _ tail: OutputTail) async throws -> Int32? {
    let draining = DrainTask()
    try await containerGate.alone(on: container.id) {
      try await container.startAlone { shim in
        let streams = try ProcessStreams(try await shim.attach(), poller: self.poller)
        draining.set(Task { await streams.drain { await tail.add($0, isError: $1) } })
      }
    }
    guard await container.waitUntilEnded(before: nil) else { throw CancellationError() }
    await draining.finish()
    return await container.record.exitCode
  }

  /// Removes it with the volumes that are its own alone.
  private func removeInit(_ made: Container, volumesOf owner: Container) async throws {
    let own = await made.record.anonymousVolumes.values
    let shared = Set(await owner.record.anonymousVolumes.values)
    try await remove(made.id, volumes: false)
    for name in own where !shared.contains(name) { try await removeVolume(name) }
  }

  /// Has `pre_start` run again for services that a plan recreates because the user demands it.
  func forgetInitSteps(recreatedBy plan: Plan) async throws {
    var forced: Set<ServiceName> = []
    for step in plan.steps where step.reasons.contains(.requested("--force-recreate")) {
      switch step.action {
      case .createContainer(let spec, _), .createSuccessor(let spec, _, _): forced.insert(spec.service)
      default: break
      }
    }
    guard !forced.isEmpty else { return }
    try await catalog.forgetInitSteps(of: plan.project) { [forced] in forced.contains($0) }
  }

  /// Forgets the steps of services that have no container any more.
  func forgetInitSteps(ofServicesGoneFrom project: ProjectName) async throws {
    let left = Set(await containers.all(project).filter { !$0.spec.isOneOff }.map(\.spec.service))
    try await catalog.forgetInitSteps(of: project) { !left.contains($0) }
  }
}
