/// What a service's file asks for that nothing here carries out yet: typed, checked, and told about by a finding.
///
/// Apart from ``ContainerOptions``, because a change of those recreates containers, which a wish without effect must not. Whoever
/// makes one of these come true moves it there. nil stands for "not asked for", so that stacks stored before a field existed still decode.
public struct ServiceRequests: Sendable, Codable, Equatable {
  // Image and runtime
  /// `platform`: `os[/arch[/variant]]`.
  public var platform: String?
  /// `runtime`: the name of an OCI runtime.
  public var runtime: String?
  /// `isolation`: `default`, `process` or `hyperv`; Windows.
  public var isolation: String?
  /// `pull_policy: daily`, `weekly`, `every_…`, `refresh`, with `pull_refresh_after`.
  public var pullRefresh: PullRefresh?
  /// `use_api_socket`.
  public var usesAPISocket: Bool?
  public var credentialSpec: CredentialSpec?

  // Life
  public var provider: Provider?
  /// `develop.watch`.
  public var watch: [WatchRule]?
  /// `deploy`, but for what ``Service`` and ``ContainerOptions`` have of it.
  public var deployment: Deployment?
  /// `models`, by their keys in the stack's `models`.
  public var models: [String: ModelGrant]?

  // Network
  /// `ports`, those entries that say more than a ``PortMapping`` can.
  public var ports: [PortRequest]?
  /// `networks.x`, by the network's full name, those that say more than an ``Attachment`` can.
  public var attachments: [NetworkName: AttachmentRequest]?
  /// A `network_mode` that is none of ``NetworkMode``.
  public var networkMode: String?

  // Storage
  /// `volumes`, those entries that say more than a ``Mount`` can.
  public var mounts: [MountRequest]?
  /// `storage_opt`, but for `size`.
  public var storageOptions: [String: String]?

  // Resources
  public var cpu: CPURequests?
  /// `cgroup_parent`.
  public var cgroupParent: String?
  /// `logging` with a driver of another name than ``Logging`` has, or options that it does not know.
  public var logging: LoggingRequest?

  // Confinement
  public var namespaces: NamespaceRequests?
  public var securityOptions: [SecurityOption]?
  /// `devices` that are named after the Container Device Interface: `vendor.com/class=name`.
  public var interfaceDevices: [String]?
  /// `gpus`; `all` is one request for all of them.
  public var gpus: [DeviceRequest]?

  public init() {}

  /// Nothing is asked for.
  public var isEmpty: Bool { self == ServiceRequests() }
}
