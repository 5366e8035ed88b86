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

/// Images whose registries are to be asked what their names stand for.
public struct RemoteImagesRequest: Sendable, Codable, Equatable {
  public var references: [String]
  /// By registry, as it stands in image names. Never stored.
  public var credentials: [String: RegistryCredential]
  public init(references: [String], credentials: [String: RegistryCredential] = [:]) {
    self.references = references
    self.credentials = credentials
  }
}

/// What a name stands for here and in its registry.
public struct RemoteImageState: Sendable, Codable, Equatable {
  public var reference: String
  /// The image's id here; nil: it is not here.
  public var id: Digest?
  /// The id that it has once it is pulled; nil: the registry could not tell.
  public var remoteID: Digest?
  /// What the registry calls it.
  public var remoteDigest: Digest?
  /// Why the registry could not tell.
  public var failure: String?
  public init(reference: String, id: Digest? = nil, remoteID: Digest? = nil, remoteDigest: Digest? = nil, failure: String? = nil) {
    self.reference = reference
    self.id = id
    self.remoteID = remoteID
    self.remoteDigest = remoteDigest
    self.failure = failure
  }

  /// Another image is to be had than the one that is here.
  public var hasMoved: Bool { remoteID != nil && remoteID != id }
}

/// What a registry has of a name: the manifest of an image, or the list of those of several platforms.
public struct RemoteDocument: Sendable, Codable, Equatable {
  public var digest: Digest
  public var mediaType: String
  /// As the registry gives it: JSON.
  public var bytes: [UInt8]
  public init(digest: Digest, mediaType: String, bytes: [UInt8]) {
    self.digest = digest
    self.mediaType = mediaType
    self.bytes = bytes
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
