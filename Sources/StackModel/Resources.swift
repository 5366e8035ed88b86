/// The limits that cgroups enforce; nil is unlimited or the kernel's default.
public struct Resources: Sendable, Codable, Equatable {
  /// `cpus`, in billionths of a core.
  public var nanocores: Int64?
  /// `cpu_quota`, in microseconds.
  public var cpuQuota: Int64?
  /// `cpu_period`, in microseconds.
  public var cpuPeriod: Int64?
  public var cpuShares: Int64?
  /// `deploy.resources.reservations.cpus`, in billionths of a core: a weight, where `cpuShares` does not say another.
  public var reservedNanocores: Int64?
  public var cpuset: String?
  /// `cpu_rt_period`, in microseconds.
  public var realtimePeriod: Int64?
  /// `cpu_rt_runtime`: out of each period, in microseconds.
  public var realtimeRuntime: Int64?
  /// `mem_limit`.
  public var memory: ByteCount?
  public var memoryReservation: ByteCount?
  /// `memswap_limit`: memory and swap together; -1 is unlimited swap.
  public var memorySwap: ByteCount?
  /// `mem_swappiness`, from 0 to 100.
  public var swappiness: Int?
  /// `oom_kill_disable`.
  public var disablesOOMKiller: Bool?
  public var pids: Int64?
  /// `blkio_config`.
  public var blockIO: BlockIO?
  public init(
    nanocores: Int64? = nil, cpuShares: Int64? = nil, cpuset: String? = nil, memory: ByteCount? = nil,
    memoryReservation: ByteCount? = nil, memorySwap: ByteCount? = nil, pids: Int64? = nil
  ) {
    self.nanocores = nanocores
    self.cpuShares = cpuShares
    self.cpuset = cpuset
    self.memory = memory
    self.memoryReservation = memoryReservation
    self.memorySwap = memorySwap
    self.pids = pids
  }
}

extension Resources: Unsaid { public static var unsaid: Resources { Resources() } }

/// `blkio_config`: shares and limits of disks' bandwidth.
public struct BlockIO: Sendable, Codable, Equatable {
  public struct Weight: Sendable, Codable, Equatable {
    /// The device's file.
    public var path: String
    /// From 10 to 1000.
    public var weight: Int
    public init(path: String, weight: Int) {
      self.path = path
      self.weight = weight
    }
  }
  public struct Limit: Sendable, Codable, Equatable {
    /// The device's file.
    public var path: String
    /// Bytes or operations a second.
    public var rate: Int64
    public init(path: String, rate: Int64) {
      self.path = path
      self.rate = rate
    }
  }
  /// From 10 to 1000.
  public var weight: Int?
  public var deviceWeights: [Weight] = []
  /// `device_read_bps`: bytes a second.
  public var readBytes: [Limit] = []
  /// `device_write_bps`: bytes a second.
  public var writeBytes: [Limit] = []
  /// `device_read_iops`: operations a second.
  public var readOperations: [Limit] = []
  /// `device_write_iops`: operations a second.
  public var writeOperations: [Limit] = []
  public init() {}
}
