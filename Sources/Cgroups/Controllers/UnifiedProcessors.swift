import LinuxKit

/// The cpu controller of version 2.
struct UnifiedProcessors: Controller {
  let limits: Set<Limit> = [.processors]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if let shares = limits.cpuShares { try directory.write(String(cpuWeight(shares: shares)), to: "cpu.weight") }
    if limits.cpuQuota != nil || limits.cpuPeriod != nil {
      let quota = limits.cpuQuota.map { $0 > 0 ? String($0) : "max" } ?? "max"
      try directory.write("\(quota) \(limits.cpuPeriod ?? 100_000)", to: "cpu.max")
    }
  }
}

/// Version 2's `cpu.weight` of version 1's `cpu.shares`: from 2…262144 to 1…10000, as crun and runc (before 1.3) do.
public func cpuWeight(shares: UInt64) -> UInt64 {
  1 + (min(max(shares, 2), 262_144) - 2) * 9999 / 262_142
}
