/// What an entry of `volumes` says beyond its ``Mount``, or a kind of mount that does not exist here.
public struct MountRequest: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable { case bind, volume, tmpfs, image, npipe, cluster }
  /// `bind.selinux`: relabel for all containers or for this one alone.
  public enum Relabelling: String, Sendable, Codable, CaseIterable {
    case shared = "z"
    case `private` = "Z"
  }
  public enum Consistency: String, Sendable, Codable, CaseIterable { case consistent, cached, delegated, `default` }
  public var kind: Kind
  /// As it is written: an image's name, a pipe, a cluster's volume.
  public var source: String?
  public var target: String
  public var isReadOnly = false
  public var consistency: Consistency?
  public var relabelling: Relabelling?
  /// `volume.labels`: of an anonymous volume that is made.
  public var labels: [String: String] = [:]
  public init(kind: Kind, source: String? = nil, target: String) {
    self.kind = kind
    self.source = source
    self.target = target
  }
}

/// What a volume's definition says beyond ``Volume``.
public struct VolumeRequests: Sendable, Codable, Equatable {
  /// A driver that is not `local`.
  public var driver: String?
  /// `driver_opts`, as `type`, `o`, `device`.
  public var driverOptions: [String: String]?
  public init() {}

  /// Nothing is asked for.
  public var isEmpty: Bool { self == VolumeRequests() }
}

/// What a secret's or config's definition says beyond ``FileSource``.
public struct FileSourceRequests: Sendable, Codable, Equatable {
  public var labels: [String: String]?
  /// `driver`: a program that knows the content.
  public var driver: String?
  public var driverOptions: [String: String]?
  /// `template_driver`, as `golang`.
  public var templateDriver: String?
  public init() {}

  /// Nothing is asked for.
  public var isEmpty: Bool { self == FileSourceRequests() }
}
