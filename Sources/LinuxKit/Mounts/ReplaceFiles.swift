import CLinux
import Glibc

/// A file of a tmpfs that is to get another content.
public struct FileReplacement: Sendable {
  /// From the tmpfs's root.
  public var file: String
  /// Where the file is bound beside.
  public var boundAt: String?
  public var content: [UInt8]
  public init(file: String, boundAt: String?, content: [UInt8]) {
    self.file = file
    self.boundAt = boundAt
    self.content = content
  }
}

/// Replaces files of a tmpfs in the mount namespace of a running process, each at once as a whole: a reader finds the old or the new content. Owner
/// and mode stay. In that namespace the tmpfs may be, and stays, read-only.
///
/// `source` is what the tmpfs says it is a mount of; `ENODEV`: the process has no such tmpfs. `hidden`: a directory of the tmpfs, made when it is
/// missing, that only root can look into.
public func replaceFiles(_ files: [FileReplacement], ofTmpfs source: String, hidden: String, in pid: Int32) throws(KernelError) {
  let process = try Process.open(pid)
  // By what its table says now: the process may have been given back its number to another, whose table has no such mount.
  guard let found = try MountedFileSystem.find(type: "tmpfs", source: source, of: pid) else {
    throw KernelError("open(2)", errno: ENODEV, operands: [source])
  }
  // The way to a mount that has no other name any more: through the host's /proc, which the namespace may not have.
  let numbers = SharedDescriptor(try Descriptor.open("/proc/self/fd", Int32(CLINUX_O_PATH) | O_DIRECTORY))
  try inNamespace(process, .mount) { () throws(KernelError) in
    let root = try RootedDirectory(path: "/")
    let place = try root.open(found.target, Int32(CLINUX_O_PATH) | O_DIRECTORY)
    guard try place.status().device == found.device else { throw KernelError("open(2)", errno: ENODEV, operands: [found.target]) }
    let tmpfs = RootedDirectory(try writableClone(of: place))
    try tmpfs.makeDirectory(hidden, mode: 0o700, owner: FileOwner(uid: 0, gid: 0))
    let inside = RootedDirectory(place)
    for file in files {
      let old = try exchange(file, in: tmpfs, hidden: hidden)
      if let target = file.boundAt {
        let covers = try rebind(file.file, of: inside, at: target, in: root, device: found.device, numbers: numbers)
        // A file that is gone takes with it what is mounted on it.
        if covers { continue }
      }
      try tmpfs.remove(old)
    }
  }
}

/// A mount of the same file system for this program alone, mounted nowhere, that can be written to.
func writableClone(of place: borrowing Descriptor) throws(KernelError) -> Descriptor {
  let number = place.number
  let flags = UInt32(CLINUX_OPEN_TREE_CLONE | CLINUX_AT_EMPTY_PATH)
  let tree = Descriptor(owning: try kernel("open_tree(2)") { clinux_open_tree(number, "", flags) })
  let clone = tree.number
  try kernel("mount_setattr(2)") {
    clinux_mount_setattr(clone, "", UInt32(CLINUX_AT_EMPTY_PATH), 0, MountAttributes.readOnly.rawValue, 0)
  }
  return tree
}

/// Puts the new content under the file's name, and gives the name that the old file has now.
private func exchange(_ file: FileReplacement, in tmpfs: borrowing RootedDirectory, hidden: String) throws(KernelError) -> String {
  let old = try tmpfs.status(file.file)
  guard old.kind == .regular else { throw KernelError("rename(2)", errno: EINVAL, operands: [file.file]) }
  let other = hidden + "/.other-" + String(UInt64.random(in: 0 ... .max), radix: 36)
  let fresh = try tmpfs.createFile(other, mode: 0o600)
  do throws(KernelError) {
    try fresh.writeAll(file.content)
    try fresh.setOwner(FileOwner(uid: old.uid, gid: old.gid))
    try fresh.setPermissions(old.permissions)
    try tmpfs.exchange(other, with: file.file)
  } catch {
    try? tmpfs.remove(other)
    throw error
  }
  return other
}

/// Puts the new file in the place where the old one is bound: beneath the old mount, which then goes, so that the place is never empty. Before
/// Linux 6.5 it is put above it, and the old one stays below, file and mount, until the container ends: true.
private func rebind(
  _ file: String, of tmpfs: borrowing RootedDirectory, at target: String, in root: borrowing RootedDirectory, device: UInt64,
  numbers: SharedDescriptor
) throws(KernelError) -> Bool {
  let place = try root.locate(target)
  guard try place.status().device == device else { throw KernelError("move_mount(2)", errno: ENODEV, operands: [target]) }
  let source = try tmpfs.locate(file)
  let sourceNumber = source.number
  let flags = UInt32(CLINUX_OPEN_TREE_CLONE | CLINUX_AT_EMPTY_PATH)
  let tree = Descriptor(owning: try kernel("open_tree(2)", [file]) { clinux_open_tree(sourceNumber, "", flags) })
  let from = tree.number
  let to = place.number
  let attributes: MountAttributes = [.readOnly, .noSuid, .noDev]
  try kernel("mount_setattr(2)") { clinux_mount_setattr(from, "", UInt32(CLINUX_AT_EMPTY_PATH), attributes.rawValue, 0, 0) }
  let move = UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH | CLINUX_MOVE_MOUNT_T_EMPTY_PATH)
  if clinux_move_mount(from, "", to, "", move | UInt32(CLINUX_MOVE_MOUNT_BENEATH)) == 0 {
    let names = numbers.number
    try kernel("fchdir(2)") { fchdir(names) }
    try kernel("umount2(2)", [target]) { clinux_umount2(String(to), Int32(CLINUX_MNT_DETACH)) }
    return false
  }
  guard errno == EINVAL else { throw KernelError.last("move_mount(2)", [target]) }
  try kernel("move_mount(2)", [target]) { clinux_move_mount(from, "", to, "", move) }
  return true
}
