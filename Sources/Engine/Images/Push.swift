public import Backend
import ImageStore
public import OCI
import Reconciler
import StackModel

extension LocalBackend {
  public func pushImage(_ request: PushRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PushedSummary {
    try await push(request) { kind in onEvent(self.log.append(kind, project: nil)) }
  }

  /// Pushes, telling how far each layer is.
  @discardableResult
  func push(_ request: PushRequest, emit: @escaping @Sendable (Event.Kind) -> Void) async throws -> PushedSummary {
    try await asEngineErrors {
      let reference = try ImageReference(request.reference)
      let options = try registryOptions(request.credentials)
      let subject = "Image \(request.reference)"
      let pushed = try await images.push(reference, options) { emit(.progress(Event.Progress($0, of: subject))) }
      emit(.thing(reference.thing("push")))
      return PushedSummary(digest: pushed.digest, size: pushed.size)
    }
  }

  public func checkLogin(_ registry: String, _ credential: RegistryCredential) async throws {
    try await asEngineErrors {
      try await ImageStore.checkLogin(registry, try registryOptions([registry: credential]))
    }
  }

  /// How registries are to be spoken to: as the engine's configuration says it now, with somebody's credentials.
  func registryOptions(_ credentials: [String: RegistryCredential]) throws -> PullOptions {
    PullOptions(credentials: credentials, configuration: try RegistryConfiguration(file: location.registries))
  }

  public func tagImage(_ source: String, as reference: String) async throws {
    try await asEngineErrors {
      let reference = try ImageReference(reference)
      try await images.tag(source, as: reference)
      if let image = await images.resolve(reference.orLatest.familiar) { tellTags([reference], of: image) }
    }
    generation.advance()
  }

  /// What the image store throws, in the engine's words.
  func asEngineErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let error as RegistryError {
      throw EngineError(error)
    } catch let error as ImageStoreError {
      throw EngineError(error)
    } catch let error as ImageReferenceError {
      throw EngineError(.invalid, error.description)
    }
  }
}
