public import Backend
import ImageBuilder
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  public func images() async throws -> [ImageSummary] { await images.list().map(\.summary) }

  public func importImage(_ request: ImportRequest) async throws -> ImageSummary {
    let root = try rootImage(request)
    return try await asEngineErrors {
      let image = try await images.importImage(
        path: request.path, reference: try request.reference.map { try ImageReference($0) }, root: root)
      generation.advance()
      tell("import", image)
      tellTags(try image.references.map { try ImageReference($0) }, of: image)
      return image.summary
    }
  }

  private func rootImage(_ request: ImportRequest) throws(EngineError) -> RootImage {
    var root = RootImage(message: request.message, source: request.source)
    if let text = request.platform {
      guard let platform = Platform(text), platform.os == "linux" else {
        throw EngineError(.invalid, "\"\(text)\" is no platform of Linux", hint: "write it as linux/arm64")
      }
      root.platform = platform
    }
    do { root.execution = try applying(request.changes ?? [], to: root.execution) } catch {
      throw EngineError(.invalid, "\(error)")
    }
    return root
  }

  public func removeImage(_ reference: String, force: Bool) async throws -> [String] {
    try await removeImage(reference, force: force, project: nil)
  }

  /// `project`: the one that does not need it any more.
  func removeImage(_ reference: String, force: Bool, project: ProjectName?) async throws -> [String] {
    let uses = await imageUses()
    do {
      let image = await images.resolve(reference)
      let removal = try await images.remove(reference, force: force) { uses[$0] }
      generation.advance()
      if let image { tell(removal, of: image, project: project) }
      return removal.lines
    } catch let error as ImageStoreError {
      throw EngineError(error)
    }
  }

  /// Tells which names, and whether all of an image, are gone.
  func tell(_ removal: ImageRemoval, of image: Image, project: ProjectName? = nil) {
    for name in removal.untagged { tell("untag", image, name: name.familiar, project: project) }
    if removal.isDeleted { tell("delete", image, project: project) }
  }
}

extension Image {
  var summary: ImageSummary {
    ImageSummary(
      id: id, references: references, created: config.created, size: size, entrypoint: config.config?.entrypoint,
      command: config.config?.cmd, digests: digests.isEmpty ? nil : digests, labels: labels)
  }
}

extension EngineError {
  init(_ error: RegistryError) {
    let code: Code =
      switch error.kind {
      case .notFound: .notFound
      case .denied, .untrusted: .denied
      case .unavailable: .unavailable
      case .timedOut: .timedOut
      case .invalid: .invalid
      }
    self.init(code, error.message, hint: error.hint)
  }

  init(_ error: ImageStoreError) {
    switch error {
    case .notFound: self.init(.notFound, error.description, hint: "see: muster images")
    case .ambiguous: self.init(.invalid, error.description, hint: "give more digits")
    case .conflict: self.init(.conflict, error.description)
    case .invalid: self.init(.invalid, error.description)
    case .system: self.init(.internal, error.description)
    }
  }
}
