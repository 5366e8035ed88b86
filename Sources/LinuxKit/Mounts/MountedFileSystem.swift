import CLinux
import Glibc

/// A file system in the mount table of a process (`/proc/PID/mountinfo`, proc_pid_mountinfo(5)).
public struct MountedFileSystem: Equatable, Sendable {
  /// Where it is mounted, from the process's root.
  public var target: String
  public var device: UInt64

  /// The place where the root of the file system with this type and source is mounted; nil: nowhere.
  public static func find(type: String, source: String, of pid: Int32) throws(KernelError) -> MountedFileSystem? {
    let table = try Descriptor.open("/proc/\(pid)/mountinfo", O_RDONLY).readAll(limit: 16 << 20)
    return find(type: type, source: source, in: String(decoding: table, as: UTF8.self))
  }

  /// The same in a table that has been read.
  static func find(type: String, source: String, in table: String) -> MountedFileSystem? {
    for line in table.split(separator: "\n") {
      guard let mount = MountLine(line), mount.root == "/", mount.type == type, mount.source == source else { continue }
      let numbers = mount.device.split(separator: ":").compactMap { UInt32($0) }
      guard numbers.count == 2 else { continue }
      return MountedFileSystem(target: mount.target, device: clinux_makedev(numbers[0], numbers[1]))
    }
    return nil
  }
}
