public import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  public func images() async throws -> [ImageSummary] { await images.list().map(\.summary) }

  public func importImage(path: String, reference: String?) async throws -> ImageSummary {
    do {
      let image = try await images.importImage(path: path, reference: try reference.map { try ImageReference($0) })
      generation.advance()
      return image.summary
    } catch let error as ImageStoreError {
      throw EngineError(error)
    } catch let error as ImageReferenceError {
      throw EngineError(.invalid, error.description)
    }
  }

  public func removeImage(_ reference: String, force: Bool) async throws -> [String] {
    let uses = await imageUses()
    do {
      let removal = try await images.remove(reference, force: force) { uses[$0] }
      generation.advance()
      return removal.lines
    } catch let error as ImageStoreError {
      throw EngineError(error)
    }
  }
}

extension Image {
  var summary: ImageSummary {
    ImageSummary(
      id: id, references: references, created: config.created, size: size, entrypoint: config.config?.entrypoint,
      command: config.config?.cmd, digests: digests.isEmpty ? nil : digests, labels: config.config?.labels)
  }
}

extension EngineError {
  init(_ error: RegistryError) {
    let code: Code =
      switch error.kind {
      case .notFound: .notFound
      case .denied: .denied
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
