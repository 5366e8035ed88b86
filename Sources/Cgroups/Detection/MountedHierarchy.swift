import LinuxKit

/// A line of `/proc/self/mountinfo` that is a control group hierarchy.
struct MountedHierarchy: Equatable {
  var isUnified: Bool
  /// Of version 1, sorted.
  var controllers: [String]
  var mountPoint: String
  /// Which group of the hierarchy is at the mount point.
  var root: String

  /// `36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices`; nil for other file systems.
  init?(line: Substring) {
    guard let mount = MountLine(line), !mount.superOptions.isEmpty else { return nil }
    switch mount.type {
    case "cgroup2": isUnified = true
    case "cgroup": isUnified = false
    default: return nil
    }
    root = mount.root
    mountPoint = mount.target
    controllers = isUnified ? [] : mount.superOptions.map(String.init).filter { CgroupLayout.controllers.contains($0) }.sorted()
  }

  /// Where a group is in the file system; nil when it is outside what is mounted.
  func directory(of group: String) -> String? {
    if root == "/" || root == group { return root == group ? mountPoint : mountPoint + (group == "/" ? "" : group) }
    guard group.hasPrefix(root + "/") else { return nil }
    return mountPoint + group.dropFirst(root.count)
  }
}
