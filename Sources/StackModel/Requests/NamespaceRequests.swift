/// Namespaces shared in ways that are not carried out.
public struct NamespaceRequests: Sendable, Codable, Equatable {
  public var pid: NamespaceMode?
  public var ipc: NamespaceMode?
  public var uts: NamespaceMode?
  /// `userns_mode`.
  public var user: NamespaceMode?
  public init() {}
}

/// Whose namespace a container has.
public enum NamespaceMode: Sendable, Codable, Equatable {
  case host
  case `private`
  /// `ipc` only: its own, that others may join.
  case shareable
  /// `ipc` only: its own, without /dev/shm.
  case none
  case service(ServiceName)
  case container(String)
  /// A word of another engine, as `keep-id`.
  case other(String)
}

/// An entry of `security_opt` that is not carried out.
public enum SecurityOption: Sendable, Codable, Equatable {
  /// `label=user:…`, `label=type:…`: SELinux.
  case label(String)
  /// `writable-cgroups=true`.
  case writableCgroups
  /// `credentialspec=…`.
  case credentialSpec(String)
  case other(String)
}
