public import LinuxKit
public import OCI
public import StackModel

/// All that is known of a container before it is made. From it `containerPlan` decides everything.
public struct ContainerInputs: Sendable {
  public var id: ContainerID
  public var spec: ContainerSpec
  public var image: ImageConfig
  public var root: OverlayRoot
  /// Mount target → directory of the host, for every named and anonymous volume, those of the image's `VOLUME` included.
  public var volumes: [String: String] = [:]
  /// Files of the host that become /etc/hosts, /etc/hostname and /etc/resolv.conf; nil leaves the image's.
  public var hostsPath: String?
  public var hostnamePath: String?
  public var resolvConfPath: String?
  /// The container's own network, as it shall be inside; empty with a network of someone else.
  public var interfaces: [ContainerInterface] = []
  /// Address of the default route.
  public var gateway: String?
  /// The same of IPv6.
  public var gateway6: String?
  /// The interface of the default route, where it has no gateway: `eth0`.
  public var routingInterface: String?
  /// The same of IPv6.
  public var routingInterface6: String?
  /// The host name of the container whose network is joined.
  public var joinedHostname: String?
  /// It comes back into the network namespace that it, or a container before it, has made, where others have stayed: its interfaces are there.
  public var rejoinsNetwork = false
  /// Its user namespace is that of the container whose network, pid or IPC namespace it joins.
  public var joinsUsers = false
  /// Its binds are of directories of the engine's own: their owners are counted by the numbers of its user namespace, as in volumes.
  public var mapsBinds = false
  /// How many `cgroup.procs` descriptors the container's control group has.
  public var cgroupCount = 0
  public var host: HostFacts

  public init(id: ContainerID, spec: ContainerSpec, image: ImageConfig, root: OverlayRoot, host: HostFacts) {
    self.id = id
    self.spec = spec
    self.image = image
    self.root = root
    self.host = host
  }

  var options: ContainerOptions { spec.options }
  /// The numbers of its user namespace; nil: it is in the host's.
  var users: UserMapping? { options.users?.mapping }
  var execution: ImageConfig.Execution { image.config ?? ImageConfig.Execution() }
}

/// An overlay that becomes a container's root.
public struct OverlayRoot: Equatable, Sendable {
  /// What relative paths are relative to.
  public var directory: String
  /// Topmost first.
  public var lower: [String]
  public var upper: String
  public var work: String
  public init(directory: String, lower: [String], upper: String, work: String) {
    self.directory = directory
    self.lower = lower
    self.upper = upper
    self.work = work
  }
}

/// A network interface, as it is inside the container.
public struct ContainerInterface: Equatable, Sendable {
  /// The name that it comes with, by which it is found. Those of one parent may have the same hardware address.
  public var origin: String
  /// `eth0`.
  public var name: String
  /// `172.18.0.2/16`.
  public var addresses: [String]
  public var mtu: UInt32
  /// Its kernel parameters.
  public var sysctls: [String: String]
  public init(origin: String, name: String, addresses: [String], mtu: UInt32 = 1500, sysctls: [String: String] = [:]) {
    self.origin = origin
    self.name = name
    self.addresses = addresses
    self.mtu = mtu
    self.sysctls = sysctls
  }
}

/// What the host is like.
public struct HostFacts: Sendable {
  /// The host's own name, for containers that share its UTS or network namespace.
  public var hostname: String
  /// What the engine itself may do: no container gets more.
  public var capabilities: CapabilitySet
  /// What a container has that asks for nothing.
  public var defaultCapabilities: DefaultCapabilities
  public var cgroups: CgroupView
  public var kernel: KernelVersion
  /// The engine's own hard limit of a resource (`getrlimit(2)`): without CAP_SYS_RESOURCE no container gets more.
  public var hardLimit: @Sendable (Int32) -> UInt64
  /// The engine's own `oom_score_adj`: without CAP_SYS_RESOURCE no container gets less.
  public var oomScore: Int
  /// Processors with a `thermal_throttle` directory in /sys.
  public var throttledProcessors: [Int]
  /// A tmpfs can be kept out of swap (`noswap`, Linux 6.4).
  public var hasNoSwap: Bool
  /// The kernel speaks IPv6.
  public var hasIPv6: Bool
  public var appArmor: AppArmorFacts
  /// Finds the device at a path of the host, or those in a directory (`LinuxKit.deviceNodes`).
  public var deviceLookup: DeviceLookup
  /// All devices of the host, for privileged containers (`LinuxKit.hostDeviceNodes`).
  public var allDevices: @Sendable () throws -> [DeviceNode]

  public typealias DeviceLookup = @Sendable (String) throws -> [DeviceNode]

  public init(
    hostname: String, capabilities: CapabilitySet, defaultCapabilities: DefaultCapabilities = .docker, cgroups: CgroupView,
    kernel: KernelVersion = .running,
    hardLimit: @escaping @Sendable (Int32) -> UInt64 = { _ in .max }, oomScore: Int = 0,
    throttledProcessors: [Int] = [], hasNoSwap: Bool = false, hasIPv6: Bool = false, appArmor: AppArmorFacts = AppArmorFacts(),
    deviceLookup: @escaping DeviceLookup, allDevices: @escaping @Sendable () throws -> [DeviceNode]
  ) {
    self.hostname = hostname
    self.capabilities = capabilities
    self.defaultCapabilities = defaultCapabilities
    self.cgroups = cgroups
    self.kernel = kernel
    self.hardLimit = hardLimit
    self.oomScore = oomScore
    self.throttledProcessors = throttledProcessors
    self.hasNoSwap = hasNoSwap
    self.hasIPv6 = hasIPv6
    self.appArmor = appArmor
    self.deviceLookup = deviceLookup
    self.allDevices = allDevices
  }
}

/// How the host's control groups look, and so what the container sees at /sys/fs/cgroup.
public enum CgroupView: Equatable, Sendable {
  case none
  /// Version 2.
  case unified
  /// Version 1: the controllers of each hierarchy that the container has a group in (`["cpu", "cpuacct"]`), and whether there is a version 2
  /// hierarchy beside them.
  case legacy([[String]], hasUnified: Bool)
}
