import LinuxKit

/// The cpuset controller of version 1 (cgroup-v1/cpusets.rst). A new group has no processors and no memory at all, and nothing can be in it until it has.
struct LegacyProcessorSet: Controller {
  let limits: Set<Limit> = [.cpuset]

  func prepare(_ directory: GroupDirectory, in parent: GroupDirectory) throws(CgroupError) {
    for file in ["cpuset.cpus", "cpuset.mems"] where directory.exists(file) {
      if try directory.read(file).isEmpty { try directory.write(try parent.read(file), to: file) }
    }
  }

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if let cpus = limits.cpus { try directory.write(cpus, to: "cpuset.cpus") }
    if let nodes = limits.memoryNodes { try directory.write(nodes, to: "cpuset.mems") }
  }
}
