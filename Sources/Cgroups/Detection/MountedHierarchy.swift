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
    let fields = line.split(separator: " ")
    guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count >= dash + 4 else { return nil }
    switch fields[dash + 1] {
    case "cgroup2": isUnified = true
    case "cgroup": isUnified = false
    default: return nil
    }
    root = unescape(fields[3])
    mountPoint = unescape(fields[4])
    controllers =
      isUnified ? [] : fields[dash + 3].split(separator: ",").map(String.init).filter { CgroupLayout.controllers.contains($0) }.sorted()
  }

  /// Where a group is in the file system; nil when it is outside what is mounted.
  func directory(of group: String) -> String? {
    if root == "/" || root == group { return root == group ? mountPoint : mountPoint + (group == "/" ? "" : group) }
    guard group.hasPrefix(root + "/") else { return nil }
    return mountPoint + group.dropFirst(root.count)
  }
}

/// `\040` is a space (proc(5)).
private func unescape(_ text: Substring) -> String {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "\\"), rest.count >= 3, let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
      bytes.append(code)
      rest = rest.dropFirst(3)
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
