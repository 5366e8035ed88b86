public import Backend
import Reconciler
import StackModel

extension LocalBackend {
  public func logs(_ request: LogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    let existing = Set(await containers.all(request.project).map(\.spec.service))
    let declared = await catalog.stack(request.project).map { Set($0.stack.services.keys) } ?? []
    for service in request.services where !existing.contains(service) && !declared.contains(service) {
      throw EngineError(.notFound, "no such service: \(service)")
    }
    let follower = LogFollower(request: request) { [self] in
      var sources: [LogFollower.Source] = []
      for container in await containers.all(request.container == nil ? request.project : nil) {
        let spec = container.spec
        guard request.container.map({ spec.name == $0 }) ?? (request.services.isEmpty || request.services.contains(spec.service)) else {
          continue
        }
        sources.append(
          LogFollower.Source(
            container: spec.name, service: spec.service, path: ContainerFiles(location: location, id: container.id).log,
            isLive: await [.running, .paused, .restarting].contains(container.record.state)))
      }
      return sources
    }
    return follower.blocks()
  }
}
