import LinuxKit

/// What writes one kind of limit into a group's directory. One type a controller and version.
protocol Controller: Sendable {
  /// The limits that it holds processes to.
  var limits: Set<Limit> { get }
  /// What a new group needs before anything can be in it.
  func prepare(_ directory: GroupDirectory, in parent: GroupDirectory) throws(CgroupError)
  /// Writes those of the limits that are its own and not nil.
  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError)
  /// Which of the limits `apply` lets go because this kernel has no file for them, in words; only those whose absence lets nothing out (as Docker does).
  func discarded(_ limits: ResourceLimits, in directory: GroupDirectory) -> [String]
}

extension Controller {
  func discarded(_ limits: ResourceLimits, in directory: GroupDirectory) -> [String] { [] }
  func prepare(_ directory: GroupDirectory, in parent: GroupDirectory) throws(CgroupError) {}
}

/// Kinds of limit.
enum Limit: String, Hashable, Sendable {
  case memory, processors, realtime, cpuset, pids, block, devices

  /// Those that are not nil.
  static func asked(_ limits: ResourceLimits) -> Set<Limit> {
    var asked: Set<Limit> = []
    if limits.memory != nil || limits.memoryReservation != nil || limits.memoryAndSwap != nil || limits.swappiness != nil
      || limits.disablesOOMKiller
    {
      asked.insert(.memory)
    }
    if limits.cpuQuota != nil || limits.cpuPeriod != nil || limits.cpuShares != nil { asked.insert(.processors) }
    if limits.realtimeRuntime != nil || limits.realtimePeriod != nil { asked.insert(.realtime) }
    if limits.cpus != nil || limits.memoryNodes != nil { asked.insert(.cpuset) }
    if limits.pids != nil { asked.insert(.pids) }
    if limits.block.hasWeights || limits.block.hasLimits { asked.insert(.block) }
    if !limits.devices.isEmpty { asked.insert(.devices) }
    return asked
  }
}

/// By the kernel's name (cgroup-v1/cgroups.rst).
let legacyControllers: [String: [any Controller]] = [
  "memory": [LegacyMemory()], "cpu": [LegacyProcessors(), LegacyRealtime()], "cpuset": [LegacyProcessorSet()], "pids": [Pids()],
  "blkio": [LegacyBlock()], "devices": [LegacyDevices()],
]

/// In the order they are applied (cgroup-v2.rst).
let unifiedControllers: [any Controller] = [
  Subtree(), UnifiedMemory(), UnifiedProcessors(), UnifiedProcessorSet(), Pids(), UnifiedBlock(), UnifiedDevices(),
]
