import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// Takes note of the services with `x-muster.update: auto` that were to be brought to the image that their tag stands for here,
  /// and are not of it; what is known of those that are is forgotten.
  ///
  /// It outlives the engine, and is of one image: when the tag has moved again, that is another.
  func noteUpdates(of project: ProjectName, tried: Set<ServiceName>) async {
    guard let stack = await catalog.stack(project)?.stack else { return }
    for service in stack.services.values where service.options.imageUpdates?.policy == .auto {
      do {
        guard let image = await images.resolve(service.image)?.id, await isBehind(service, image, project) else {
          try await catalog.forgetFailedUpdate(of: service.name, in: project)
          continue
        }
        guard tried.contains(service.name) else { continue }
        try await catalog.put(FailedUpdateRow(project: project, service: service.name, imageID: image))
      } catch {
        log.append(.warning("\(service.name): that its update failed could not be written: \(error)"), project: project)
      }
    }
  }

  /// Whether it has containers that were made of its tag and are not of the image that it stands for.
  private func isBehind(_ service: Service, _ image: Digest, _ project: ProjectName) async -> Bool {
    guard service.followsTag else { return false }
    for container in await containers.all(project) where container.spec.service == service.name && !container.spec.isOneOff {
      let record = await container.record
      if record.imageID != image, record.spec.image == service.image { return true }
    }
    return false
  }
}
