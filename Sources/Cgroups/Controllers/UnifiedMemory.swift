import LinuxKit

/// The memory controller of version 2.
struct UnifiedMemory: Controller {
  let limits: Set<Limit> = [.memory]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if let bytes = limits.memory { try directory.write(bytes > 0 ? String(bytes) : "max", to: "memory.max") }
    if let total = limits.memoryAndSwap, directory.exists("memory.swap.max") || !isUsualSwap(limits) {
      // Swap alone here.
      let swap = total < 0 ? "max" : String(max(total - max(limits.memory ?? 0, 0), 0))
      try directory.write(swap, to: "memory.swap.max")
    }
    if let bytes = limits.memoryReservation { try directory.write(String(max(bytes, 0)), to: "memory.low") }
  }

  func discarded(_ limits: ResourceLimits, in directory: GroupDirectory) -> [String] {
    (limits.swappiness == nil ? [] : ["mem_swappiness (cgroup v2 has none)"])
      + (limits.disablesOOMKiller ? ["oom_kill_disable (cgroup v2 has none)"] : [])
  }
}
