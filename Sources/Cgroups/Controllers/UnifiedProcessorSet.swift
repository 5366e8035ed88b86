import LinuxKit

/// The cpuset controller of version 2.
struct UnifiedProcessorSet: Controller {
  let limits: Set<Limit> = [.cpuset]
  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if let cpus = limits.cpus { try directory.write(cpus, to: "cpuset.cpus") }
    if let nodes = limits.memoryNodes { try directory.write(nodes, to: "cpuset.mems") }
  }
}
