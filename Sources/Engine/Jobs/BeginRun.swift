import Backend
import Reconciler
import StackModel

/// How a run came to its end.
struct JobEnd: Sendable {
  /// nil: none was made, or it is gone.
  var container: Container?
  /// nil: nothing ran.
  var exitCode: Int32?
  var wasOutOfMemory = false
  /// Nanoseconds since 1970; nil: now.
  var finishedAt: Int64?
  var reason: String?
  /// Not by itself.
  var wasStopped = false

  init(reason: String) { self.reason = reason }

  /// Somebody did not want it any more.
  static let cancelled: JobEnd = {
    var end = JobEnd(reason: "it was cancelled")
    end.wasStopped = true
    return end
  }()

  init(failure: any Error) {
    switch failure {
    case let failure as RunFailure:
      exitCode = failure.exitCode
      reason = "\(failure.error)"
    default: reason = "\(failure)"
    }
  }

  init(_ container: Container) async {
    let record = await container.record
    self.container = container
    exitCode = record.exitCode ?? 255
    wasOutOfMemory = record.wasOutOfMemory
    finishedAt = record.finishedAt
    if record.wasOutOfMemory {
      reason = "out of memory"
    } else if record.wasStopped {
      wasStopped = true
      reason = "it was stopped"
    } else if let code = record.exitCode, (129...192).contains(code) {
      reason = "ended by signal \(code - 128)"
    }
  }
}

/// A container that was made for a run and could not be started.
struct RunFailure: Error {
  var exitCode: Int32?
  var error: any Error
}

extension LocalBackend {
  /// How long a run waits for what its job depends on.
  static let patience: Duration = .seconds(60)

  /// Makes and starts the container of a run, once what the job depends on is as its `depends_on` says.
  ///
  /// Alone on the project, so that nothing is taken away or made anew meanwhile. Throws `CancellationError` when the run is not to begin any more.
  /// `askedAt`: when somebody asked for it; nil: it was due. `made`: before it is started; false: it is not to be.
  func beginRun(
    _ project: ProjectName, _ name: JobName, _ number: Int, _ job: Job, askedAt: Int64? = nil,
    made: @escaping @Sendable (Container) async -> Bool
  ) async throws -> Container {
    try await waitForNeeds(of: job, project, askedAt: askedAt)
    return try await projects.alone(on: project) {
      let key = JobScheduler.Key(project: project, name: name)
      guard !Task.isCancelled, await self.jobs.isMeant(number, key) else { throw CancellationError() }
      return try await shielded { try await self.startRun(try await self.spec(project, name, number, job), made) }
    }
  }

  private func startRun(_ spec: ContainerSpec, _ made: @Sendable (Container) async -> Bool) async throws -> Container {
    let container = try await create(spec, anonymousVolumes: [:])
    guard await made(container) else {
      try? await remove(container.id, volumes: true)
      throw CancellationError()
    }
    do {
      try await containerGate.alone(on: container.id) { try await container.startAlone() }
    } catch {
      let code = await container.record.exitCode
      try? await remove(container.id, volumes: true)
      throw RunFailure(exitCode: code, error: error)
    }
    for warning in await container.warnings { container.tell(warning) }
    return container
  }

  /// What a run's container is like: as the job says, with the secrets, networks and volumes of its stack.
  private func spec(_ project: ProjectName, _ name: JobName, _ number: Int, _ job: Job) async throws -> ContainerSpec {
    guard var row = await catalog.stack(project) else {
      throw EngineError(.notFound, "the project \"\(project)\" is not up any more")
    }
    row.stack.services = [name.service: job.definition]
    row.stack.disabledServices = [:]
    guard let service = try await lowered(row).services[name.service] else { throw EngineError(.internal, "the job \(name) is lost") }
    try await makeAgain(service.options, row.stack)
    var options = service.options
    options.restart = .no
    options.restartLimits = nil
    options.hooks = nil
    options.isInteractive = false
    // What says nothing of it keeps less than a service: so many runs are kept.
    if options.logging == Logging() { options.logging = Logging(maxSize: ByteCount(4 << 20), maxFiles: 2) }
    if case .bridges(var attachments) = options.network {
      for index in attachments.indices { attachments[index].aliases = [] }
      options.network = .bridges(attachments)
    }
    let run = JobRun(project: project, job: name, number: number, trigger: .manual, state: .waiting, createdAt: 0)
    return ContainerSpec(
      project: project, service: name.service, number: number, isOneOff: true, name: run.containerName, image: service.image,
      options: options)
  }

  /// Networks and volumes that nobody has used for long may have been pruned.
  private func makeAgain(_ options: ContainerOptions, _ stack: Stack) async throws {
    if case .bridges(let attachments) = options.network {
      for attachment in attachments {
        if let network = stack.networks[attachment.network], !network.isExternal { try await createNetwork(network, project: stack.name) }
      }
    }
    for mount in options.mounts {
      guard case .volume(let name) = mount.source, let volume = stack.volumes[name], !volume.isExternal else { continue }
      try await createVolume(volume, project: stack.name)
    }
  }

  /// Waits for a run's end; throws when the engine ends before.
  func end(of container: Container) async throws -> JobEnd {
    guard await container.waitUntilEnded(before: nil), !Task.isCancelled, await !container.isAbandoned else { throw CancellationError() }
    return await JobEnd(container)
  }
}
