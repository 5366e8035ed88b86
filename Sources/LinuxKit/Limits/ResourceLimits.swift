/// What a control group holds its processes to; nil leaves the kernel's default.
public struct ResourceLimits: Equatable, Sendable {
  /// Bytes.
  public var memory: Int64?
  /// Bytes that are left to the group under pressure.
  public var memoryReservation: Int64?
  /// Bytes of memory and swap together; -1 is unlimited.
  public var memoryAndSwap: Int64?
  /// How readily pages are swapped out, 0 to 100. Version 1 alone has it.
  public var swappiness: Int?
  /// Processes wait for memory instead of being killed for want of it. Version 1 alone has it.
  public var disablesOOMKiller: Bool
  /// Microseconds of processor time in each `cpuPeriod`.
  public var cpuQuota: Int64?
  /// Microseconds.
  public var cpuPeriod: UInt64?
  /// Relative weight, 2 to 262,144, of which 1024 is the usual (cgroup v1's `cpu.shares`).
  public var cpuShares: UInt64?
  /// Microseconds that processes of real-time priority may run in each `realtimePeriod`. Version 1 alone has it.
  public var realtimeRuntime: Int64?
  /// Microseconds.
  public var realtimePeriod: UInt64?
  /// Processors: `0-3,7`.
  public var cpus: String?
  /// Memory nodes: `0-1`.
  public var memoryNodes: String?
  /// Processes and threads.
  public var pids: Int64?
  /// Nil and empty ask for nothing.
  public var block: BlockLimits
  /// In order, the later rule winning; empty leaves devices alone.
  public var devices: [DeviceRule]
  /// File of a version 2 group → what is written to it, after everything else.
  public var files: [String: String] = [:]

  public init(
    memory: Int64? = nil, memoryReservation: Int64? = nil, memoryAndSwap: Int64? = nil, swappiness: Int? = nil,
    disablesOOMKiller: Bool = false, cpuQuota: Int64? = nil, cpuPeriod: UInt64? = nil, cpuShares: UInt64? = nil,
    realtimeRuntime: Int64? = nil, realtimePeriod: UInt64? = nil, cpus: String? = nil, pids: Int64? = nil,
    block: BlockLimits = BlockLimits(), devices: [DeviceRule] = []
  ) {
    self.memory = memory
    self.memoryReservation = memoryReservation
    self.memoryAndSwap = memoryAndSwap
    self.swappiness = swappiness
    self.disablesOOMKiller = disablesOOMKiller
    self.cpuQuota = cpuQuota
    self.cpuPeriod = cpuPeriod
    self.cpuShares = cpuShares
    self.realtimeRuntime = realtimeRuntime
    self.realtimePeriod = realtimePeriod
    self.cpus = cpus
    self.pids = pids
    self.block = block
    self.devices = devices
  }
}
