import NIOHTTP1
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

  private static func asking<Value: Sendable>(_ options: PullOptions, _ body: (RegistryClient) async throws -> Value) async throws -> Value
  {
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
  /// More than that no repository has.
  private static let mostTags = 100_000

  /// Page by page (OCI distribution specification, "Listing Tags").
  func tags(name: String) async throws -> [String] {
    struct Page: Decodable { var tags: [String]? }
    var tags: [String] = []
    var target = "/v2/\(path)/tags/list?n=1000"
    while true {
      let answer = try await client.send(RegistryClient.Call(target: target, scopes: scopes), to: endpoint)
      guard answer.status == 200 else { throw await failure(answer, "the tags of \(name)") }
      let page: [String]
      do {
        page = try JSON.decode(Page.self, from: try await client.read(answer, limit: 4 << 20, what: "the tags of \(name)")).tags ?? []
      } catch let error as TransportError { throw error.told(endpoint) } catch let error as RegistryError { throw error } catch {
        throw RegistryError(.invalid, "the tags of \(name) cannot be read: \(shown(String(describing: error)))")
      }
      tags += page
      guard tags.count <= Self.mostTags else { throw RegistryError(.invalid, "\(name) has more than \(Self.mostTags) tags") }
      guard let next = answer.headers["Link"].lazy.compactMap({ self.next(in: $0) }).first, !page.isEmpty, next != target else {
        return tags
      }
      target = next
    }
  }

  /// `</v2/…/tags/list?last=x&n=1000>; rel="next"`: only the same list of the same registry is gone on with.
  private func next(in link: String) -> String? {
    guard link.contains("rel=\"next\"") || link.contains("rel=next"), let open = link.firstIndex(of: "<"),
      let close = link[open...].firstIndex(of: ">")
    else { return nil }
    let target = link[link.index(after: open)..<close]
    guard target.hasPrefix("/v2/\(path)/tags/list?"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    return String(target)
  }
}
