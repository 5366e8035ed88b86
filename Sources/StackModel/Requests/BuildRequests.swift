/// What `build` says beyond ``BuildSpec``.
public struct BuildRequests: Sendable, Codable, Equatable {
  /// A context that is not a directory of this machine: `https://…/repo.git#ref:dir`.
  public var remoteContext: String?
  /// `additional_contexts` that are neither a directory nor an image.
  public var contexts: [String: BuildSource]?
  public var cacheFrom: [CachePlace]?
  public var cacheTo: [CachePlace]?
  /// As `security.insecure`, `network.host`.
  public var entitlements: [String]?
  /// Windows.
  public var isolation: String?
  /// `os/arch[/variant]`; the image is made for this machine's.
  public var platforms: [String]?
  public var isPrivileged: Bool?
  public var provenance: Attestation?
  /// `pull`: base images are looked for again although they are here.
  public var pullsBase: Bool?
  public var sbom: Attestation?
  /// `network`, when it is none of ``BuildSpec``'s.
  public var network: String?
  public init() {}

  /// Nothing is asked for.
  public var isEmpty: Bool { self == BuildRequests() }
}

/// Where one of `additional_contexts` comes from.
public enum BuildSource: Sendable, Codable, Equatable {
  /// Absolute path of the host.
  case directory(String)
  /// `docker-image://NAME`.
  case image(String)
  /// `service:NAME`: what that service's build makes.
  case service(ServiceName)
  /// `target:NAME`: another stage or bake target.
  case target(String)
  /// `oci-layout://PATH`.
  case layout(String)
  /// A git repository or an archive.
  case remote(String)
}

/// One of `cache_from`, `cache_to`: `NAME`, or `type=registry,ref=NAME`.
public struct CachePlace: Sendable, Codable, Equatable {
  /// `registry`, `local`, `inline`, `gha`, …
  public var type: String
  public var options: [String: String]
  public init(type: String, options: [String: String] = [:]) {
    self.type = type
    self.options = options
  }
}

/// `provenance`, `sbom`: yes, no, or with the builder's own parameters (`mode=max`).
public enum Attestation: Sendable, Codable, Equatable {
  case off
  case on
  case with(String)
}
