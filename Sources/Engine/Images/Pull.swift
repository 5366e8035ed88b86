public import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  public func pullImage(_ request: PullRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PulledSummary {
    try await pull(request) { kind in onEvent(self.log.append(kind, project: nil)) }
  }

  /// Pulls, telling how far each layer is.
  @discardableResult
  func pull(_ request: PullRequest, emit: @escaping @Sendable (Event.Kind) -> Void) async throws -> PulledSummary {
    try await asEngineErrors {
      let reference = try ImageReference(request.reference)
      var options = try registryOptions(request.credentials)
      if let text = request.platform {
        guard let platform = Platform(text) else {
          throw EngineError(.invalid, "\"\(text)\" is no platform", hint: "write it as linux/amd64")
        }
        options.platform = platform
      }
      let subject = "Image \(request.reference)"
      let pulled = try await images.pull(reference, options) { emit(.progress(Event.Progress($0, of: subject))) }
      for note in pulled.notes { emit(.warning("\(request.reference): \(note)")) }
      generation.advance()
      emit(.thing(reference.thing("pull", labels: pulled.image.labels)))
      return PulledSummary(
        image: pulled.image.summary, digest: pulled.digest, canonical: reference.orLatest.canonical, isNew: pulled.isNew)
    }
  }
}

extension ImageReference {
  /// What has been done with it at its registry. As Docker tells it, not by the image's id.
  func thing(_ action: String, labels: [String: String]? = nil) -> ThingChange {
    ThingChange(.image, action, id: orLatest.familiar, name: familiarName, labels: labels)
  }
}

extension Event.Progress {
  /// Docker's words for a layer that is on its way.
  init(_ layer: LayerProgress, of image: String) {
    switch layer.state {
    case .exists: self.init(subject: layer.layer, status: "Already exists", phase: .done, parent: image)
    case .waiting: self.init(subject: layer.layer, status: "Pulling fs layer", phase: .working, parent: image)
    case .downloading(let bytes, let total):
      self.init(subject: layer.layer, status: "Downloading", phase: .working, parent: image, bytes: bytes, total: total)
    case .extracting: self.init(subject: layer.layer, status: "Extracting", phase: .working, parent: image)
    case .complete: self.init(subject: layer.layer, status: "Pull complete", phase: .done, parent: image)
    case .pushing(let bytes, let total):
      self.init(subject: layer.layer, status: "Pushing", phase: .working, parent: image, bytes: bytes, total: total)
    case .pushed: self.init(subject: layer.layer, status: "Pushed", phase: .done, parent: image)
    case .mounted(let from): self.init(subject: layer.layer, status: "Mounted from \(from)", phase: .done, parent: image)
    }
  }
}
