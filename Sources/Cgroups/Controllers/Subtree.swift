import LinuxKit

/// Version 2 hands controllers down only where `cgroup.subtree_control` says so.
struct Subtree: Controller {
  let limits: Set<Limit> = []

  /// Enables in `parent`, for its children, what is used. One that cannot be enabled is left out: a limit that needs it fails by name.
  func prepare(_ directory: GroupDirectory, in parent: GroupDirectory) throws(CgroupError) {
    let available = Set(try parent.read("cgroup.controllers").split(separator: " "))
    let enabled = Set(try parent.read("cgroup.subtree_control").split(separator: " "))
    for controller in ["cpu", "cpuset", "io", "memory", "pids"]
    where available.contains(Substring(controller)) && !enabled.contains(Substring(controller)) {
      try? parent.write("+" + controller, to: "cgroup.subtree_control")
    }
  }

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {}
}
