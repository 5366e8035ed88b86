public import Backend
import StackModel

extension LocalBackend {
  public func logs(_ request: LogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    let existing = Set(await containers.all(request.project).map(\.spec.service))
    let declared = await catalog.stack(request.project).map { Set($0.stack.services.keys) } ?? []
    for service in request.services where !existing.contains(service) && !declared.contains(service) {
      throw EngineError(.notFound, "no such service: \(service)")
    }
    let follower = LogFollower(request: request) { [self] in
      await containers.all(request.container == nil ? request.project : nil).filter { container in
        if let name = request.container { return container.spec.name == name }
        return request.services.isEmpty || request.services.contains(container.spec.service)
      }
      .map { container in
        LogFollower.Source(
          container: container.spec.name, service: container.spec.service,
          path: ContainerFiles(location: location, id: container.id).log)
      }
    }
    return follower.blocks()
  }
}
