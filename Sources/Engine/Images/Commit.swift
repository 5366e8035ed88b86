public import Backend
import ContainerSetup
import ImageBuilder
import ImageStore
import OCI
import StackModel

extension LocalBackend {
  public func commit(_ request: CommitRequest) async throws -> ImageSummary {
    let container = try await container(matching: request.container)
    return try await asEngineErrors {
      let reference = try request.reference.map { try ImageReference($0) }
      if let digest = reference?.digest {
        throw EngineError(.invalid, "an image cannot be given a name with a digest (\(digest)): leave it out")
      }
      let spec = container.spec
      let base = try await image(of: container)
      let execution: ImageConfig.Execution
      do {
        execution = try applying(request.changes, to: committedConfiguration(spec, base.config))
      } catch let error as DockerfileError { throw EngineError(.invalid, error.description) }
      let image = try await withSnapshot(of: container, pauses: request.pauses) { workspace in
        try await add(request, reference, execution, on: base, command: await container.record.command, upper: workspace.path + "/upper")
      }
      generation.advance()
      tellTags([reference].compactMap { $0 }, of: image)
      return image.summary
    }
  }

  private func add(
    _ request: CommitRequest, _ reference: ImageReference?, _ execution: ImageConfig.Execution, on base: Image, command: [String],
    upper: String
  ) async throws -> Image {
    let made: Digest? = if try images.isEmpty(upper) { nil } else { try await images.commitLayer(from: upper).diffID }
    let now = ImageTime.now()
    var config = base.config
    config.created = now
    config.author = request.author ?? base.config.author
    config.config = execution
    if let made { config.rootfs.diffIDs.append(made) }
    config.history =
      (config.history ?? []) + [
        .init(
          created: now, createdBy: command.joined(separator: " "), author: request.author, comment: request.message,
          emptyLayer: made == nil ? true : nil)
      ]
    do {
      let image = try await images.add(config: config, references: [reference].compactMap { $0 })
      if let made { await images.unpin([made]) }
      return image
    } catch {
      if let made { await images.unpin([made]) }
      throw error
    }
  }
}
