public import OCI

/// A repository that a registry has found.
public struct FoundRepository: Sendable, Equatable {
  /// As the registry calls it: without its host.
  public var name: String
  /// One line.
  public var description = ""
  public var stars = 0
  public var isOfficial = false
}

extension ImageStore {
  /// What a registry finds in its index, at most `limit`, in its order. Nothing is kept. Throws ``RegistryError``.
  public static func search(_ term: SearchTerm, limit: Int, _ options: PullOptions) async throws -> [FoundRepository] {
    try await asking(options) { client in
      let endpoint =
        term.registry == "docker.io"
        ? client.configuration.index : try client.configuration.endpoints(of: term.registry, forPush: true).first
      guard let endpoint else { return [] }
      return try await RegistrySearch(client: client, endpoint: endpoint, text: term.text, limit: limit).run()
    }
  }
}
