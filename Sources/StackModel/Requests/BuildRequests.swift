/// What `build` says beyond ``BuildSpec``.
public struct BuildRequests: Sendable, Codable, Equatable {
  /// A context that is not a directory of this machine: `https://…/repo.git#ref:dir`.
  public var remoteContext: String?
  /// `additional_contexts` that are neither a directory, a git repository nor an image.
  public var contexts: [String: BuildSource]?
  /// Where else results of earlier builds are looked for, in order; those that no build reads too.
  public var cacheFrom: [CachePlace]?
  /// Where else the results are kept; those that no build writes too.
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

  /// The names of the caches in registries, those that are read and those that are written.
  public var cachedImages: [String] {
    ((cacheFrom ?? []) + (cacheTo ?? [])).compactMap { $0.type == "registry" ? $0.options["ref"] : nil }
  }

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

/// `provenance`, `sbom`: yes, no, or with the builder's own parameters (`mode=max`).
public enum Attestation: Sendable, Codable, Equatable {
  case off
  case on
  case with(String)
}
