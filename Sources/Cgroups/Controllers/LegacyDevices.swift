import LinuxKit

/// The devices controller of version 1 (cgroup-v1/devices.rst).
struct LegacyDevices: Controller {
  let limits: Set<Limit> = [.devices]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    for rule in limits.devices {
      // "a" clears the list and takes neither numbers nor letters.
      let text = rule.kind == .any ? "a" : rule.text
      try directory.write(text, to: rule.allows ? "devices.allow" : "devices.deny")
    }
  }
}
