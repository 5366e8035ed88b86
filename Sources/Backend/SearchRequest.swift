public import OCI

/// What a registry is to look for in its index.
public struct SearchRequest: Sendable, Codable, Equatable {
  /// `[HOST[:PORT]/]TERM`; without a host Docker Hub is asked.
  public var term: String
  /// The most that is wanted, 1 to 100.
  public var limit: Int
  /// By registry, as it stands in image names. Never stored.
  public var credentials: [String: RegistryCredential]
  public init(term: String, limit: Int = SearchRequest.usualLimit, credentials: [String: RegistryCredential] = [:]) {
    self.term = term
    self.limit = limit
    self.credentials = credentials
  }

  /// What Docker asks for when nothing is said.
  public static let usualLimit = 25
  public static let limits = 1...100
}

/// A repository that a registry has found.
public struct SearchResult: Sendable, Codable, Equatable {
  /// As the registry calls it: without its host.
  public var name: String
  /// One line; what it has of control characters is taken out.
  public var description: String
  public var stars: Int
  public var isOfficial: Bool
  public init(name: String, description: String = "", stars: Int = 0, isOfficial: Bool = false) {
    self.name = name
    self.description = description
    self.stars = stars
    self.isOfficial = isOfficial
  }
}
