import Glibc
import LinuxKit

/// The memory controller of version 1 (cgroup-v1/memory.rst).
struct LegacyMemory: Controller {
  let limits: Set<Limit> = [.memory]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    let hasSwap = directory.exists("memory.memsw.limit_in_bytes")
    if let bytes = limits.memory {
      do throws(CgroupError) {
        try directory.write(String(bytes), to: "memory.limit_in_bytes")
      } catch  where error.errno == EINVAL && hasSwap && limits.memoryAndSwap != nil {
        // Above the old limit of memory and swap together: that must rise first.
        try directory.write(String(limits.memoryAndSwap ?? -1), to: "memory.memsw.limit_in_bytes")
        try directory.write(String(bytes), to: "memory.limit_in_bytes")
      }
    }
    if let bytes = limits.memoryAndSwap, hasSwap || !isUsualSwap(limits) {
      try directory.write(String(bytes), to: "memory.memsw.limit_in_bytes")
    }
    if let bytes = limits.memoryReservation { try directory.write(String(bytes), to: "memory.soft_limit_in_bytes") }
    if let swappiness = limits.swappiness { try directory.write(String(swappiness), to: "memory.swappiness") }
    if limits.disablesOOMKiller { try directory.write("1", to: "memory.oom_control") }
  }
}

/// Whether the limit on swap is Docker's default, which nobody asked for: it is let go where the kernel does not account for swap.
func isUsualSwap(_ limits: ResourceLimits) -> Bool {
  guard let memory = limits.memory, let total = limits.memoryAndSwap else { return false }
  return total == -1 || total &- memory == memory
}
