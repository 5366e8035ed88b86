import LinuxKit

/// The pids controller, the same in both versions (cgroup-v1/pids.rst).
struct Pids: Controller {
  let limits: Set<Limit> = [.pids]
  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if let count = limits.pids { try directory.write(count > 0 ? String(count) : "max", to: "pids.max") }
  }
}
