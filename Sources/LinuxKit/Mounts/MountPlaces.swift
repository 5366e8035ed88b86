import Glibc

/// What is mounted at a place (`/proc/PID/mountinfo`, proc_pid_mountinfo(5)).
public struct MountedAt: Equatable, Sendable {
  public var type: String
  public var source: String
  /// What of its file system is mounted there; with `//deleted` at its end when that is gone.
  public var root: String
  public init(type: String, source: String, root: String) {
    self.type = type
    self.source = source
    self.root = root
  }

  /// All places where something is mounted, as a process sees them, with what is on top there; nothing is looked into.
  public static func all(of process: String = "self") throws(KernelError) -> [String: MountedAt] {
    let table = try Descriptor.open("/proc/\(process)/mountinfo", O_RDONLY).readAll(limit: 16 << 20)
    return all(in: String(decoding: table, as: UTF8.self))
  }

  /// The same in a table that has been read.
  static func all(in table: String) -> [String: MountedAt] {
    var places: [String: MountedAt] = [:]
    for mount in table.split(separator: "\n").compactMap({ MountLine($0) }) {
      // What was mounted later at the same place comes later, and is what is seen there.
      places[mount.target] = MountedAt(type: String(mount.type), source: mount.source, root: mount.root)
    }
    return places
  }
}
