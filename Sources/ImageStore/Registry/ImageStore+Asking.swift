public import OCI

/// What a name stands for in its registry.
public struct RemoteIdentity: Sendable, Equatable {
  /// Of the manifest, or of the index of several platforms.
  public var digest: Digest
  /// What the image's id is here once it has been pulled.
  public var id: Digest
}

extension ImageStore {
  /// Asks a registry what a name stands for now. Nothing but manifests comes, and nothing is kept. Throws ``RegistryError``.
  public static func ask(for reference: ImageReference, _ options: PullOptions) async throws -> RemoteIdentity {
    try await asking(options) { client in
      let found = try await RemoteImage.find(reference.orLatest, options.platform, client)
      return RemoteIdentity(digest: found.digest, id: found.image.config.digest)
    }
  }

  /// The tags of a repository, as the registry lists them. Throws ``RegistryError``.
  public static func tags(of reference: ImageReference, _ options: PullOptions) async throws -> [String] {
    try await asking(reference, options) { try await $0.tags(name: reference.familiar) }
  }

  /// What a registry has of a name, of an image or of several platforms. Throws ``RegistryError``.
  public static func manifest(
    of reference: ImageReference, _ options: PullOptions
  ) async throws -> (bytes: [UInt8], mediaType: String, digest: Digest) {
    let asked = reference.digest.map(\.description) ?? reference.tag ?? "latest"
    let found = try await asking(reference, options) {
      try await $0.manifest(asked, expected: reference.digest, name: reference.familiar)
    }
    return (found.bytes, found.mediaType, found.digest)
  }

  /// Asks the registry of a name, its mirrors first.
  private static func asking<Value: Sendable>(
    _ reference: ImageReference, _ options: PullOptions, _ body: (RegistryRepository) async throws -> Value
  ) async throws -> Value {
    try await asking(options) { client in
      var last: any Error = RegistryError(.unavailable, "there is no registry to ask for \(reference.familiar)")
      for endpoint in try client.configuration.endpoints(of: reference.registry, forPush: false) {
        do {
          return try await body(RegistryRepository(client, endpoint, reference.repository))
        } catch let error as RegistryError { last = error }
      }
      throw last
    }
  }

  static func asking<Value: Sendable>(_ options: PullOptions, _ body: (RegistryClient) async throws -> Value) async throws -> Value {
    let client = RegistryClient(configuration: options.configuration, credentials: options.credentials, policy: options.policy)
    do {
      let value = try await body(client)
      await client.close()
      return value
    } catch {
      await client.close()
      try Task.checkCancellation()
      throw error
    }
  }
}

extension RegistryRepository {
  /// Page by page (OCI Distribution Specification, "Listing Tags").
  func tags(name: String) async throws -> [String] {
    let list = RegistryList(
      client: client, endpoint: endpoint, path: "/v2/\(path)/tags/list", scopes: scopes, noun: "tags", owner: name)
    return try await list.entries { await failure($0, "the tags of \(name)") }
  }
}
