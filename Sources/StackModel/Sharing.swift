/// Another container: the first of a service, or the one of a name.
public enum ContainerReference: Sendable, Codable, Hashable {
  case service(ServiceName)
  case container(String)
}

/// `ipc`: whose System V objects, message queues and /dev/shm a container sees, where it is not the usual, its own and nobody else's.
public enum IPCMode: Sendable, Codable, Equatable {
  /// Its own, that others may join.
  case shareable
  /// Its own, without /dev/shm.
  case none
  /// Another container's, which must be shareable.
  case of(ContainerReference)
}

/// One of `volumes_from`: the mounts of another service or container.
public struct VolumesFrom: Sendable, Codable, Equatable {
  public var source: ContainerReference
  public var isReadOnly: Bool
  public init(source: ContainerReference, isReadOnly: Bool = false) {
    self.source = source
    self.isReadOnly = isReadOnly
  }
}

/// One of `device_cgroup_rules`: `c 1:3 mr`, `a *:* rwm`.
public struct DeviceCgroupRule: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case all = "a"
    case character = "c"
    case block = "b"
  }
  public var kind: Kind
  /// nil: any.
  public var major: UInt32?
  /// nil: any.
  public var minor: UInt32?
  /// Of `r`, `w` and `m`.
  public var permissions: String
  public init(kind: Kind, major: UInt32?, minor: UInt32?, permissions: String) {
    self.kind = kind
    self.major = major
    self.minor = minor
    self.permissions = permissions
  }
}
