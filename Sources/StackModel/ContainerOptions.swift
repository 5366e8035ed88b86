/// Everything about a container that does not depend on which replica it is; shared by `Service` and `ContainerSpec`.
public struct ContainerOptions: Sendable, Codable, Equatable {
  // Process
  /// nil: the image's. Empty: cleared.
  public var entrypoint: [String]?
  /// nil: the image's (unless `entrypoint` is set, which drops it). Empty: cleared.
  public var command: [String]?
  @WhereSaid public var environment: [String: String] = [:]
  public var workingDirectory: String?
  /// `name`, `uid`, `name:group`, `uid:gid`; resolved in the image's passwd and group.
  public var user: String?
  /// `group_add`.
  @WhereSaid public var groups: [String] = []
  /// `tty`.
  @WhereSaid public var hasTerminal = false
  /// `stdin_open`.
  @WhereSaid public var isInteractive = false
  /// `init`: a reaper as the first process.
  @WhereSaid public var usesInit = false
  public var stopSignal: String?
  public var stopGracePeriod: Timespan = .seconds(10)
  @WhereSaid public var restart: RestartPolicy = .no
  /// `deploy.restart_policy`, as far as it says more; nil: Docker's rule.
  public var restartLimits: RestartLimits?
  public var healthcheck: Healthcheck?
  /// `pre_start`, `post_start`, `pre_stop`; nil: none.
  public var hooks: LifecycleHooks?
  @WhereSaid public var labels: [String: String] = [:]
  @WhereSaid public var annotations: [String: String] = [:]

  // Network
  public var hostname: String?
  public var domainname: String?
  @WhereSaid public var network: NetworkMode = .bridges([])
  @WhereSaid public var ports: [PortMapping] = []
  /// `expose`: `80`, `80/udp`; metadata only.
  @WhereSaid public var exposedPorts: [String] = []
  @WhereSaid public var dns: [String] = []
  @WhereSaid public var dnsSearch: [String] = []
  @WhereSaid public var dnsOptions: [String] = []
  @WhereSaid public var extraHosts: [ExtraHost] = []
  @WhereSaid public var links: [Link] = []
  /// `external_links`; nil: none.
  public var externalLinks: [ExternalLink]?

  // Storage
  @WhereSaid public var mounts: [Mount] = []
  @WhereSaid public var secrets: [FileGrant] = []
  @WhereSaid public var configs: [FileGrant] = []
  /// `x-muster.on_secret_change`; nil: nothing but the file, and a container is made anew by `up` when a file of the host has changed.
  public var onSecretChange: SecretChange?
  /// `x-muster.on_unhealthy`; nil: nothing.
  public var onUnhealthy: UnhealthyReaction?
  /// `x-muster.update`; nil: nothing.
  public var imageUpdates: ImageUpdates?
  /// `read_only`: the root file system.
  @WhereSaid public var isReadOnly = false
  public var shmSize: ByteCount?
  public var volumesFrom: [VolumesFrom]?
  /// `storage_opt.size`: what it may write to its root file system; nil: no limit of its own.
  public var rootSize: ByteCount?

  // Resources
  @WhereSaid public var resources = Resources()
  @WhereSaid public var ulimits: [String: Ulimit] = [:]
  @WhereSaid public var sysctls: [String: String] = [:]
  public var logging = Logging()

  // Confinement
  @WhereSaid public var capAdd: [String] = []
  @WhereSaid public var capDrop: [String] = []
  @WhereSaid public var isPrivileged = false
  /// `security_opt: no-new-privileges`.
  @WhereSaid public var noNewPrivileges = false
  @WhereSaid public var seccomp: SeccompSetting = .standard
  @WhereSaid public var devices: [DeviceMapping] = []
  public var oomScoreAdjust: Int?
  /// `pid: host`.
  @WhereSaid public var usesHostPID = false
  /// `ipc: host`.
  @WhereSaid public var usesHostIPC = false
  /// `uts: host`.
  @WhereSaid public var usesHostUTS = false
  // nil stands for "not asked for", so that what was stored before a field existed still decodes.
  /// `pid: service:x`, `pid: container:x`.
  public var pidOwner: ContainerReference?
  /// `ipc`, but for `host` and what every container has.
  public var ipc: IPCMode?
  /// `cgroup: host`.
  public var usesHostCgroup: Bool?
  /// `userns_mode: host` in a stack; in a container that is to be made the numbers of its user namespace. nil: as the engine has it, or none.
  public var users: UserMode?
  /// `security_opt: systempaths=unconfined`: nothing of /proc and /sys is hidden or read-only.
  public var unmasksPaths: Bool?
  /// `security_opt: apparmor=NAME`, `unconfined` included.
  public var appArmor: String?
  /// `device_cgroup_rules`.
  public var deviceRules: [DeviceCgroupRule]?

  public init() {}
}

/// `restart`.
public enum RestartPolicy: Sendable, Codable, Equatable {
  case no
  case always
  case unlessStopped
  /// `on-failure[:N]`; nil: without limit.
  case onFailure(maximum: Int?)
}

extension RestartPolicy: Unsaid { public static var unsaid: RestartPolicy { .no } }

/// `deploy.restart_policy`: how often and when a container is started again.
public struct RestartLimits: Sendable, Codable, Equatable {
  /// `max_attempts`; nil: without limit.
  public var maximum: Int?
  /// Between an end and the next start; nil: Docker's growing delay.
  public var delay: Timespan?
  /// A run of that length is a success, and attempts are counted anew; nil: they are never forgotten.
  public var window: Timespan?
  public init(maximum: Int? = nil, delay: Timespan? = nil, window: Timespan? = nil) {
    self.maximum = maximum
    self.delay = delay
    self.window = window
  }
}

/// `healthcheck`, with the specification's defaults filled in by whoever runs it, not here: a nil field is the image's, or the default.
public struct Healthcheck: Sendable, Codable, Equatable {
  /// `NONE`, `CMD arg…`, `CMD-SHELL text`, and beyond Compose `HTTP url`, `TCP port` (``HealthTarget``); nil: the image's.
  public var test: [String]?
  public var interval: Timespan?
  public var timeout: Timespan?
  public var startPeriod: Timespan?
  public var startInterval: Timespan?
  public var retries: Int?
  public init(
    test: [String]? = nil, interval: Timespan? = nil, timeout: Timespan? = nil, startPeriod: Timespan? = nil,
    startInterval: Timespan? = nil, retries: Int? = nil
  ) {
    self.test = test
    self.interval = interval
    self.timeout = timeout
    self.startPeriod = startPeriod
    self.startInterval = startInterval
    self.retries = retries
  }
}

/// What a container's network is.
public enum NetworkMode: Sendable, Codable, Equatable {
  case bridges([Attachment])
  case host
  case none
  case service(ServiceName)
  case container(String)
}

extension NetworkMode: Unsaid { public static var unsaid: NetworkMode { .bridges([]) } }

/// A container's place on one network.
public struct Attachment: Sendable, Codable, Equatable {
  public var network: NetworkName
  /// Further names, beside the service's and the container's.
  @WhereSaid public var aliases: [String]
  /// `ipv4_address`.
  public var address: String?
  /// `ipv6_address`; nil: as the engine chooses.
  public var address6: String?
  /// `mac_address`.
  public var mac: String?
  /// Higher connects first.
  public var priority: Int
  /// `gw_priority`: the highest gives the default route; nil: 0.
  public var gatewayPriority: Int?
  /// `interface_name`, inside the container; nil: `eth0` and so on.
  public var interfaceName: String?
  /// `link_local_ips`: further addresses, as a rule of 169.254.0.0/16 and fe80::/10; nil: none.
  public var linkLocalAddresses: [String]?
  /// `driver_opts`, `com.docker.network.endpoint.sysctls`: values by name, with `IFNAME` for the interface; nil: none.
  public var sysctls: [String: String]?
  public init(network: NetworkName, aliases: [String] = [], address: String? = nil, mac: String? = nil, priority: Int = 0) {
    self.network = network
    self.aliases = aliases
    self.address = address
    self.mac = mac
    self.priority = priority
  }
}

/// `links`: another service under a further name.
public struct Link: Sendable, Codable, Equatable {
  public var service: ServiceName
  public var alias: String
  public init(service: ServiceName, alias: String) {
    self.service = service
    self.alias = alias
  }
}

/// One published port.
public struct PortMapping: Sendable, Codable, Hashable {
  public enum Transport: String, Sendable, Codable { case tcp, udp }
  /// The host's address to listen on; nil: all of them.
  public var hostAddress: String?
  /// nil: the engine chooses a free one.
  public var published: UInt16?
  /// Of these the engine chooses; nil: of any.
  public var choices: ClosedRange<UInt16>?
  public var target: UInt16
  public var transport: Transport
  /// `x-muster.ports_firewall` of the stack; nil: as the engine has it.
  public var firewall: PortsFirewall?
  public init(hostAddress: String? = nil, published: UInt16?, target: UInt16, transport: Transport = .tcp) {
    self.hostAddress = hostAddress
    self.published = published
    self.target = target
    self.transport = transport
  }
}

/// `extra_hosts`: a line of /etc/hosts. The address may be `host-gateway`.
public struct ExtraHost: Sendable, Codable, Hashable {
  public var name: String
  public var address: String
  public init(name: String, address: String) {
    self.name = name
    self.address = address
  }
}

/// `ulimits`: a soft and a hard limit; -1 is without limit.
public struct Ulimit: Sendable, Codable, Equatable {
  public var soft: Int64
  public var hard: Int64
  public init(soft: Int64, hard: Int64) {
    self.soft = soft
    self.hard = hard
  }
}

/// `security_opt: seccomp=…`.
public enum SeccompSetting: Sendable, Codable, Equatable {
  case standard
  case unconfined
  /// `seccomp=FILE`: what is in it.
  case profile(SeccompProfile)
}

extension SeccompSetting: Unsaid { public static var unsaid: SeccompSetting { .standard } }

/// `devices`: `SOURCE:TARGET:rwm`.
public struct DeviceMapping: Sendable, Codable, Equatable {
  public var source: String
  public var target: String
  public var permissions: String
  public init(source: String, target: String, permissions: String = "rwm") {
    self.source = source
    self.target = target
    self.permissions = permissions
  }
}
