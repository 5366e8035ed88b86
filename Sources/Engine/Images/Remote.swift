public import Backend
import ImageStore
import OCI

extension LocalBackend {
  public func remoteImages(_ request: RemoteImagesRequest) async throws -> [RemoteImageState] {
    let options = try registryOptions(request.credentials)
    var names: [String] = []
    for name in request.references where !names.contains(name) { names.append(name) }
    return try await withThrowingTaskGroup(of: (Int, RemoteImageState).self) { group in
      var found: [Int: RemoteImageState] = [:]
      for (index, name) in names.enumerated() {
        // A few at a time: registries count.
        if index >= 4, let (done, state) = try await group.next() { found[done] = state }
        group.addTask { (index, try await self.remote(name, options)) }
      }
      for try await (index, state) in group { found[index] = state }
      return found.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private func remote(_ name: String, _ options: PullOptions) async throws -> RemoteImageState {
    var state = RemoteImageState(reference: name)
    do {
      let reference = try ImageReference(name)
      state.id = await images.resolve(reference)?.id
      let remote = try await ImageStore.ask(for: reference, options)
      (state.remoteID, state.remoteDigest) = (remote.id, remote.digest)
      tagsSeen.note(name, remote: remote.id, here: state.id)
    } catch let error as RegistryError {
      state.failure = error.message
    } catch let error as ImageReferenceError {
      state.failure = error.description
    }
    return state
  }

  public func remoteTags(_ request: PullRequest) async throws -> [String] {
    try await asEngineErrors {
      try await ImageStore.tags(of: try ImageReference(request.reference), try registryOptions(request.credentials))
    }
  }

  public func searchImages(_ request: SearchRequest) async throws -> [SearchResult] {
    try await asEngineErrors {
      guard SearchRequest.limits.contains(request.limit) else {
        throw EngineError(.invalid, "limit \(request.limit) is outside the range of [1, 100]")
      }
      let term: SearchTerm
      do { term = try SearchTerm(request.term) } catch let error as ImageReferenceError { throw EngineError(.invalid, error.reason) }
      let found = try await ImageStore.search(term, limit: request.limit, try registryOptions(request.credentials))
      return found.map { SearchResult(name: $0.name, description: $0.description, stars: $0.stars, isOfficial: $0.isOfficial) }
    }
  }

  public func remoteManifest(_ request: PullRequest) async throws -> RemoteDocument {
    try await asEngineErrors {
      let found = try await ImageStore.manifest(of: try ImageReference(request.reference), try registryOptions(request.credentials))
      return RemoteDocument(digest: found.digest, mediaType: found.mediaType, bytes: found.bytes)
    }
  }
}
