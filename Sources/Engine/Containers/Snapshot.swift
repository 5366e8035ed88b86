import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// Copies what a container has written into a workspace, as `upper` there. With `pauses` its processes stand still meanwhile.
  ///
  /// The copy is what the rest is made from: layers that a running container writes to are nobody else's to mount.
  func snapshot(of container: Container, pauses: Bool, in workspace: ImageStore.Workspace) async throws {
    try await frozen([container], freezes: pauses) { try await self.images.copy(upper: await container.files.upper, into: workspace) }
  }

  /// Runs `body` with a copy of what a container has written, which goes afterwards.
  func withSnapshot<Value>(
    of container: Container, pauses: Bool, _ body: (ImageStore.Workspace) async throws -> Value
  ) async throws -> Value {
    let workspace = try images.makeWorkspace()
    do {
      try await snapshot(of: container, pauses: pauses, in: workspace)
      let value = try await body(workspace)
      try await images.discard(workspace)
      return value
    } catch {
      try? await images.discard(workspace)
      throw error
    }
  }

  /// The image that a container stands on.
  func image(of container: Container) async throws -> Image {
    let record = await container.record
    guard let image = await images.resolve(record.imageID.description) else {
      throw EngineError(.notFound, "the image of the container \(record.spec.name) is not on this machine any more")
    }
    return image
  }
}
