public import Backend
import ImageBuilder
import ImageStore
import OCI
import Reconciler
public import StackModel

extension LocalBackend {
  public func buildImage(_ request: ImageBuildRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> ImageSummary {
    let emit: @Sendable (Event.Kind) -> Void = { kind in onEvent(self.log.append(kind, project: nil)) }
    // Secrets are granted as by a stack, which is none that is remembered.
    var stack = Stack(name: "muster-build")
    for (key, source) in request.secrets { stack.secrets[SecretName(key)] = source }
    let contents = try await buildContents(
      StackRequest(project: stack.name, stack: stack, operation: .build(services: [], noCache: false), values: request.values))
    return try await build(
      request.spec, sent: request.sent, references: request.references, service: "image", contents: contents,
      credentials: request.credentials, emit: emit
    ).summary
  }

  public func checkBuild(_ request: ImageBuildRequest) async throws -> BuildCheck {
    // Nothing is run and nothing is fetched; what cannot be read is told as of a build.
    let sandbox = BuildContainers(engine: self) { _ in }
    do {
      let found = try await ImageBuilder(store: images, sandbox: sandbox).check(request.spec, sent: request.sent)
      await sandbox.close()
      return found
    } catch {
      await sandbox.close()
      throw buildError(error, service: "image")
    }
  }

  /// Builds a service's image; the lines of the build are events.
  @discardableResult
  func build(
    _ spec: BuildSpec, sent: SentContext? = nil, references: [String], service: ServiceName, contents: GrantContents,
    credentials: [String: RegistryCredential], emit: @escaping @Sendable (Event.Kind) -> Void
  ) async throws -> Image {
    let subject = "Image \(references.first ?? service.rawValue)"
    let sandbox = BuildContainers(engine: self) { reference in
      try await self.pull(PullRequest(reference: reference.description, credentials: credentials), emit: emit)
    }
    // A change while it is built is seen the next time.
    let last = if let reference = references.first { await catalog.build(reference) } else { BuildRow?.none }
    let basis = sent == nil ? buildBasis(spec, since: last) : nil
    do {
      let names = try references.map { try ImageReference($0) }
      let image = try await ImageBuilder(store: images, sandbox: sandbox).build(
        spec, sent: sent, references: names, secret: { try contents.secret(SecretName($0.source)) },
        registries: { try self.registryOptions(credentials) }
      ) { line in
        emit(.output(subject: subject, line: line))
      }
      await sandbox.close()
      if let basis, let reference = references.first {
        try await catalog.put(
          BuildRow(reference: reference, imageID: image.id, spec: spec.essence, outline: basis.outline, content: basis.content))
      }
      generation.advance()
      emit(.thing(image.thing("build", name: names.first?.orLatest.familiar)))
      for name in names { emit(.thing(image.thing("tag", name: name.orLatest.familiar))) }
      return image
    } catch {
      await sandbox.close()
      throw buildError(error, service: service)
    }
  }

  private func buildError(_ error: any Error, service: ServiceName) -> any Error {
    switch error {
    case is EngineError, is CancellationError: error
    case let error as DockerfileError: EngineError(.invalid, subject: service.rawValue, error.description)
    case let error as ImageReferenceError: EngineError(.invalid, subject: service.rawValue, error.description)
    case let error as BuildError: EngineError(.invalid, subject: service.rawValue, error.message, hint: error.hint)
    case let error as ImageStoreError: EngineError(error)
    default: EngineError(.internal, subject: service.rawValue, String(describing: error))
    }
  }
}
