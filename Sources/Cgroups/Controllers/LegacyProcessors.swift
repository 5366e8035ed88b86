import LinuxKit

/// The cpu controller of version 1 (scheduler/sched-bwc.rst).
struct LegacyProcessors: Controller {
  let limits: Set<Limit> = [.processors]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if let shares = limits.cpuShares { try directory.write(String(shares), to: "cpu.shares") }
    if let period = limits.cpuPeriod { try directory.write(String(period), to: "cpu.cfs_period_us") }
    if let quota = limits.cpuQuota { try directory.write(String(quota), to: "cpu.cfs_quota_us") }
  }
}
