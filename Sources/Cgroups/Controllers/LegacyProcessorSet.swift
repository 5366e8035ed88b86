import LinuxKit

/// The cpuset controller of version 1 (cgroup-v1/cpusets.rst). A new group has no processors and no memory at all, and nothing can be in it until it has.
struct LegacyProcessorSet: Controller {
  let limits: Set<Limit> = [.cpuset]

  func prepare(_ directory: GroupDirectory, in parent: GroupDirectory) throws(CgroupError) {
    for file in ["cpuset.cpus", "cpuset.mems"] where directory.exists(file) {
      guard try directory.read(file).isEmpty else { continue }
      try directory.write(try parent.read(file), to: file)
      // What is made in it then begins with what it has, without a write, for which the kernel plans anew what runs where.
      try directory.write("1", to: "cgroup.clone_children")
    }
  }

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if let cpus = limits.cpus { try directory.write(cpus, to: "cpuset.cpus") }
    if let nodes = limits.memoryNodes { try directory.write(nodes, to: "cpuset.mems") }
  }
}
