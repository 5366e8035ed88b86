public import OCI

/// What one step of a build has made from all that its key stands for.
public struct CacheRecord: Sendable, Codable, Equatable {
  public var key: Digest
  /// The digest of the unpacked layer; nil when the step changed nothing.
  public var layer: Digest?
  /// RFC 3339.
  public var created: String
  public init(key: Digest, layer: Digest?, created: String) {
    self.key = key
    self.layer = layer
    self.created = created
  }

  /// Whether the time is written as one: it goes into the configurations of images.
  var isWellFormed: Bool {
    (20...40).contains(created.utf8.count)
      && created.utf8.allSatisfy { (48...57).contains($0) || "-:.+TZ".utf8.contains($0) }
  }
}

/// Where a build cache is that is not this machine's own.
public enum CacheLocation: Sendable, Hashable {
  /// A repository's tag or digest.
  case registry(ImageReference)
  /// A directory with an OCI layout: what is there under a tag, or of a digest.
  case directory(String, tag: String, digest: Digest? = nil)

  /// As messages name it.
  public var name: String {
    switch self {
    case .registry(let reference): reference.orLatest.familiar
    case .directory(let path, _, _): path
    }
  }
}
