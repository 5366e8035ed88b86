import Glibc

/// A device of the host.
public struct DeviceNode: Equatable, Sendable {
  /// Absolute path on the host.
  public var path: String
  public var isBlock: Bool
  public var major: UInt32
  public var minor: UInt32
  /// Permission bits.
  public var mode: UInt32
  public var uid: UInt32
  public var gid: UInt32
  public init(path: String, isBlock: Bool, major: UInt32, minor: UInt32, mode: UInt32, uid: UInt32, gid: UInt32) {
    self.path = path
    self.isBlock = isBlock
    self.major = major
    self.minor = minor
    self.mode = mode
    self.uid = uid
    self.gid = gid
  }
}

/// The device at a path of the host, symbolic links followed; for a directory, all devices below it (links in it are left out).
///
/// Throws when the path does not exist; the list is empty for something that is neither.
public func deviceNodes(_ path: String) throws(KernelError) -> [DeviceNode] {
  var nodes: [DeviceNode] = []
  var raw = stat()
  try kernel("stat(2)", [path]) { stat(path, &raw) }
  let status = FileStatus(raw)
  if status.kind == .directory {
    try collectNodes(try Descriptor.open(path, O_RDONLY | O_DIRECTORY), path, depth: 0, into: &nodes)
  } else if let node = deviceNode(path, status) {
    nodes.append(node)
  }
  return nodes
}

/// The devices of the host's /dev, without those that a container has of its own (`pts`, `shm`, `mqueue`, `console`, `ptmx`), for a privileged one.
public func hostDeviceNodes() throws(KernelError) -> [DeviceNode] {
  try deviceNodes("/dev").filter { $0.path != "/dev/console" && $0.path != "/dev/ptmx" }
}

private func deviceNode(_ path: String, _ status: FileStatus) -> DeviceNode? {
  guard status.kind == .character || status.kind == .block else { return nil }
  return DeviceNode(
    path: path, isBlock: status.kind == .block, major: status.major, minor: status.minor, mode: status.permissions, uid: status.uid,
    gid: status.gid)
}

private func collectNodes(
  _ directory: borrowing Descriptor, _ path: String, depth: Int, into nodes: inout [DeviceNode]
) throws(KernelError) {
  // The names that runc and containerd leave out too.
  let skipped = ["/dev/pts", "/dev/shm", "/dev/fd", "/dev/mqueue", "/dev/.lxc", "/dev/.lxd-mounts", "/dev/.udev"]
  for entry in try directory.entries().sorted(by: { $0.text < $1.text }) {
    let place = (path == "/" ? "" : path) + "/" + entry.text
    if skipped.contains(place) { continue }
    do throws(KernelError) {
      let status = try directory.status(at: entry.name)
      if status.kind == .directory, depth < 32 {
        try collectNodes(try directory.open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), place, depth: depth + 1, into: &nodes)
      } else if let node = deviceNode(place, status) {
        nodes.append(node)
      }
    } catch  where error.errno == ENOENT {}  // Devices come and go.
  }
}
