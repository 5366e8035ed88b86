import CLinux
import Glibc

/// Options of `mount(8)`, parted into what the kernel has as flags and what the file system reads itself.
public struct MountWords: Equatable, Sendable {
  /// `MS_*` of mount(2).
  public var flags: UInt
  /// What is left, with commas.
  public var rest: String

  /// Reads `ro,noexec,addr=10.0.0.2`. What mount(8) and fstab(5) keep for themselves is left out.
  public init(_ text: String) {
    (flags, rest) = (0, "")
    for word in text.split(separator: ",") {
      if let flag = Self.set[String(word)] {
        flags |= flag
      } else if let flag = Self.cleared[String(word)] {
        flags &= ~flag
      } else if !Self.others.contains(String(word)) {
        rest += (rest.isEmpty ? "" : ",") + word
      }
    }
  }

  static let bind: UInt = 0x1000
  private static let remount: UInt = 0x20
  private static let below: UInt = 0x4000
  var isBind: Bool { flags & Self.bind != 0 }
  /// A bind takes none of its flags with it: they are a second call.
  var bindFlags: UInt { flags & (Self.bind | Self.below) }
  var remountFlags: UInt? {
    let others = flags & ~(Self.bind | Self.below)
    return others == 0 ? nil : others | Self.bind | Self.remount
  }

  private static let set: [String: UInt] = [
    "ro": 0x1, "nosuid": 0x2, "nodev": 0x4, "noexec": 0x8, "sync": 0x10, "dirsync": 0x80, "noatime": 0x400, "nodiratime": 0x800,
    "bind": bind, "rbind": bind | below, "silent": 0x8000, "relatime": 0x20_0000, "strictatime": 0x100_0000, "lazytime": 0x200_0000,
  ]
  private static let cleared: [String: UInt] = [
    "rw": 0x1, "suid": 0x2, "dev": 0x4, "exec": 0x8, "async": 0x10, "atime": 0x400, "diratime": 0x800, "norelatime": 0x20_0000,
    "nostrictatime": 0x100_0000, "nolazytime": 0x200_0000, "loud": 0x8000,
  ]
  private static let others: Set<String> = ["defaults", "auto", "noauto", "user", "nouser", "users", "owner", "group", "nofail", "_netdev"]
}

/// Mounts something at a directory: a file system, or with `bind` among the options another directory.
public func mountHere(_ type: String, _ source: String, at target: String, options: String) throws(KernelError) {
  let words = MountWords(options)
  if !words.isBind {
    try kernel("mount(2) \(type)", [source, target]) { clinux_mount(source, target, type, words.flags, words.rest) }
    return
  }
  try kernel("mount(2) bind", [source, target]) { clinux_mount(source, target, nil, words.bindFlags, nil) }
  guard let flags = words.remountFlags else { return }
  do throws(KernelError) {
    try kernel("mount(2) remount", [target]) { clinux_mount(nil, target, nil, flags, nil) }
  } catch {
    // Never less strict than it was asked for.
    _ = clinux_umount2(target, Int32(CLINUX_MNT_DETACH))
    throw error
  }
}

/// Takes away what is mounted at a directory; `EBUSY` when somebody on this machine is in it. Containers that have it go on having it.
public func unmountHere(_ target: String) throws(KernelError) {
  // UMOUNT_NOFOLLOW
  try kernel("umount2(2)", [target]) { clinux_umount2(target, 8) }
}

/// Mounts at a directory the very tmpfs that a process has, known by what it says it is a mount of: the same files. `ENODEV`: it has none.
public func mountHere(tmpfs source: String, of pid: Int32, at target: String) throws(KernelError) {
  let process = try Process.open(pid)
  guard let found = try MountedFileSystem.find(type: "tmpfs", source: source, of: pid) else {
    throw KernelError("open(2)", errno: ENODEV, operands: [source])
  }
  let clone = try inNamespace(process, .mount) { () throws(KernelError) in
    let place = try RootedDirectory(path: "/").open(found.target, Int32(CLINUX_O_PATH) | O_DIRECTORY)
    guard try place.status().device == found.device else { throw KernelError("open(2)", errno: ENODEV, operands: [found.target]) }
    return SharedDescriptor(try writableClone(of: place))
  }
  let flags = UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH)
  try kernel("move_mount(2)", [target]) { clinux_move_mount(clone.number, "", AT_FDCWD, target, flags) }
}
