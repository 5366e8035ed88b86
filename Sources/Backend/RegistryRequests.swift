public import OCI

/// An image that is to be had from its registry.
public struct PullRequest: Sendable, Codable, Equatable {
  public var reference: String
  /// `os/architecture[/variant]`; nil: the engine's own.
  public var platform: String?
  /// By registry, as it stands in image names. Never stored.
  public var credentials: [String: RegistryCredential]
  public init(reference: String, platform: String? = nil, credentials: [String: RegistryCredential] = [:]) {
    self.reference = reference
    self.platform = platform
    self.credentials = credentials
  }
}

/// An image that is to be put into its registry.
public struct PushRequest: Sendable, Codable, Equatable {
  public var reference: String
  /// By registry, as it stands in image names. Never stored.
  public var credentials: [String: RegistryCredential]
  public init(reference: String, credentials: [String: RegistryCredential] = [:]) {
    self.reference = reference
    self.credentials = credentials
  }
}

/// What a push has left in the registry.
public struct PushedSummary: Sendable, Codable, Equatable {
  /// Of the manifest.
  public var digest: Digest
  /// Its bytes.
  public var size: Int64
  public init(digest: Digest, size: Int64) {
    self.digest = digest
    self.size = size
  }
}

/// What a pull has brought.
public struct PulledSummary: Sendable, Codable, Equatable {
  public var image: ImageSummary
  /// What the name stands for in its registry.
  public var digest: Digest
  /// `docker.io/library/debian:bookworm`.
  public var canonical: String
  /// False: it was here already.
  public var isNew: Bool
  public init(image: ImageSummary, digest: Digest, canonical: String, isNew: Bool) {
    self.image = image
    self.digest = digest
    self.canonical = canonical
    self.isNew = isNew
  }
}
