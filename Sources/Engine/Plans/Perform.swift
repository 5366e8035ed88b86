import Backend
import ImageStore
import Networking
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// Does one step, telling its beginning and its end. `unsuccessful`: what of the steps that it judges was not done.
  func perform(
    _ step: Step, unsuccessful: Set<Int>, project: ProjectName, contents: GrantContents, request: StackRequest,
    emit: @escaping @Sendable (Event.Kind) -> Void
  ) async throws {
    let subject = step.action.subject
    let words = step.action.words
    func tell(_ status: String, _ phase: Event.Progress.Phase, _ detail: String? = nil) {
      emit(.progress(.init(subject: subject, status: status, phase: phase, detail: detail)))
    }
    if let words { tell(words.doing, .working) }
    do {
      try await act(step.action, unsuccessful: unsuccessful, project: project, contents: contents, request: request, emit: emit)
      if let words { tell(words.done, .done) }
    } catch {
      tell("Error", .failed, String(describing: error))
      throw error
    }
  }

  private func act(
    _ action: Action, unsuccessful: Set<Int>, project: ProjectName, contents: GrantContents, request: StackRequest,
    emit: @escaping @Sendable (Event.Kind) -> Void
  ) async throws {
    switch action {
    case .pullImage(let reference, let service):
      do {
        try await pull(PullRequest(reference: reference, credentials: request.credentials ?? [:]), emit: emit)
      } catch var error as EngineError {
        // An image that is only too old is better than none.
        let isWished = request.stack?.servicesAndJobs[service]?.requests?.pullRefresh != nil
        if isWished, error.code == .unavailable || error.code == .timedOut, await images.resolve(reference) != nil {
          emit(.warning("\(service): \(error.message); going on with the image that is here"))
          return
        }
        error.subject = service.rawValue
        throw error
      }
    case .pushImage(let reference, let service):
      do {
        try await push(PushRequest(reference: reference, credentials: request.credentials ?? [:]), emit: emit)
      } catch var error as EngineError {
        error.subject = service.rawValue
        throw error
      }
    case .buildImage(let spec, let references, let service):
      try await build(
        spec, references: references, service: service, contents: contents, credentials: request.credentials ?? [:], emit: emit)
    case .createNetwork(let network): try await createNetwork(network, project: project)
    case .removeNetwork(let name): try await removeNetwork(name)
    case .createVolume(let volume): try await createVolume(volume, project: project)
    case .removeVolume(let name): try await removeVolume(name)
    case .createContainer(let spec, let volumes): try await create(spec, anonymousVolumes: volumes, caller: request.caller)
    case .startContainer(let name):
      let container = try await container(named: name)
      try await container.start(emit)
      for warning in await container.warnings { emit(.warning("Container \(name): \(warning)")) }
    case .stopContainer(_, let id, let timeout):
      try await container(id).stop(grace: timeout.map { .seconds($0) }, emit)
    case .killContainer(_, let id, let signal): try await container(id).kill(signal: signal)
    case .restartContainer(_, let id, let timeout):
      let container = try await container(id)
      try await shielded { try await container.stop(grace: timeout.map { .seconds($0) }, emit) }
      try await container.start(emit)
      for warning in await container.warnings { emit(.warning("Container \(container.spec.name): \(warning)")) }
    case .renewFiles(_, let id, _): try await renewFiles(of: try await container(id))
    case .updateContainer(_, let id, let spec): try await container(id).update(to: spec)
    case .removeContainer(_, let id, let volumes): try await remove(id, volumes: volumes)
    case .waitFor(let service, let names, let condition, let isRequired):
      try await wait(for: service, containers: names, condition: condition, isRequired: isRequired, emit: emit)
    case .createSuccessor(var spec, let name, let volumes):
      spec.name = name
      try await create(spec, anonymousVolumes: volumes, traffic: .held, caller: request.caller)
    case .watchContainer(let name, _, let monitor): try await watch(name, for: monitor)
    case .handOver(let name, let id, let successor): try await handOver(name, from: id, to: successor)
    case .drainContainer(_, let id, let timeout): try await container(id).drain(grace: timeout.map { .seconds($0) })
    case .settleBatch(let batch): try await settle(batch, failed: unsuccessful.count, emit: emit)
    case .delayBatch(_, let delay): try await Task.sleep(for: delay.duration)
    case .createJob(let name, let job), .updateJob(let name, let job): try await jobs.register(project, name, job)
    case .removeJob(let name, let timeout): try await jobs.remove(project, name, grace: timeout.map { .seconds($0) })
    case .removeImage(let reference): _ = try await removeImage(reference, force: false, project: project)
    }
  }

  /// Waits until every container meets the condition; an optional one that does not is only told.
  private func wait(
    for service: ServiceName, containers names: [String], condition: Dependency.Condition, isRequired: Bool,
    emit: @escaping @Sendable (Event.Kind) -> Void
  ) async throws {
    for name in names {
      let subject = "Container \(name)"
      emit(.progress(.init(subject: subject, status: "Waiting", phase: .working)))
      do {
        let met = try await container(named: name).wait(until: condition)
        emit(.progress(.init(subject: subject, status: met, phase: .done)))
      } catch let error as EngineError where !isRequired {
        emit(.progress(.init(subject: subject, status: "Error", phase: .skipped, detail: error.message)))
        emit(.warning("\(service): \(error.message); it is not required, going on"))
      } catch {
        emit(.progress(.init(subject: subject, status: "Error", phase: .failed, detail: String(describing: error))))
        throw error
      }
    }
  }
}
