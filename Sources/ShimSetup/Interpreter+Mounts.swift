import CLinux
import Glibc
package import LinuxKit
package import ShimProtocol

extension Interpreter {
  /// Everything is made detached and moved to a descriptor of its place: no path is looked up twice.
  mutating func mount(_ type: String, _ target: String, _ options: [MountOption], _ attributes: MountAttributes) throws {
    let made = try newFileSystem(type, options, attributes)
    try move(made, onto: try rooted().makeDirectories(target))
  }

  mutating func bind(
    _ source: BindSource, _ target: String, isRecursive: Bool, _ attributes: MountAttributes, _ propagation: Propagation?
  ) throws {
    let tree = try tree(source, isRecursive: isRecursive)
    try setAttributes(of: tree, attributes, isRecursive: isRecursive, propagation: (propagation ?? .isPrivate).flag)
    let root = try rooted()
    let place =
      try tree.status().kind == .directory ? try root.makeDirectories(target) : try root.makeFile(target)
    try move(tree, onto: place)
  }

  /// A detached copy of the mount that is to be bound.
  private mutating func tree(_ source: BindSource, isRecursive: Bool) throws -> Descriptor {
    let flags = UInt32(CLINUX_OPEN_TREE_CLONE) | (isRecursive ? UInt32(CLINUX_AT_RECURSIVE) : 0)
    switch source {
    case .path(let path) where isInside: return try cloneMount(try rooted().locate(path), isRecursive: isRecursive)
    case .path(let path):
      if let tree { return try tree.descriptor.duplicate() }
      return Descriptor(owning: try kernel("open_tree(2)", [path]) { clinux_open_tree(AT_FDCWD, path, flags) })
    case .slot(let index):
      return try (tree ?? slot(index)).descriptor.duplicate()
    case .elsewhere(_, let path):
      guard let tree else { throw SetupProblem(errno: ENOENT, "\(path) of the other container cannot be had") }
      return try tree.descriptor.duplicate()
    }
  }

  /// Binds the terminal's slave, by descriptor, on /dev/console.
  mutating func bindConsole() throws {
    let slave = try openTerminal()
    let place = try rooted().makeFile("/dev/console", mode: 0o600)
    try move(try cloneMount(slave.descriptor), onto: place)
  }

  /// A missing path is fine; a file becomes the null device, a directory an empty read-only tmpfs.
  mutating func mask(_ target: String) throws {
    guard let place = try existing(target) else { return }
    if try place.status().kind == .directory {
      return try move(
        try newFileSystem("tmpfs", [MountOption("ro"), MountOption("size", "0")], [.readOnly, .noSuid, .noDev, .noExec]), onto: place)
    }
    let null = try rooted().locateLink("/dev/null")
    let status = try null.status()
    // Whatever an image has put there under that name: only the real one hides anything (CVE-2025-31133).
    guard status.kind == .character, status.major == 1, status.minor == 3 else {
      throw SetupProblem(errno: ENODEV, "/dev/null of the container is not the null device")
    }
    try move(try cloneMount(null), onto: place)
  }

  /// A missing path is fine.
  mutating func protect(_ target: String) throws {
    guard let place = try existing(target) else { return }
    let tree = try cloneMount(place, isRecursive: true)
    try setAttributes(of: tree, .readOnly, isRecursive: true)
    try move(tree, onto: place)
  }

  private mutating func existing(_ target: String) throws(KernelError) -> Descriptor? {
    do throws(KernelError) {
      return try rooted().locate(target)
    } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
      return nil
    }
  }

  // MARK: the calls

  /// A new file system, mounted nowhere yet.
  package func newFileSystem(_ type: String, _ options: [MountOption], _ attributes: MountAttributes) throws(KernelError) -> Descriptor {
    try LinuxKit.newFileSystem(type, options: options.map { ($0.key, $0.value) }, attributes)
  }

  package func move(_ tree: borrowing Descriptor, onto place: borrowing Descriptor) throws(KernelError) {
    let from = tree.number
    let to = place.number
    let flags = UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH | CLINUX_MOVE_MOUNT_T_EMPTY_PATH)
    try kernel("move_mount(2)") { clinux_move_mount(from, "", to, "", flags) }
  }

  /// Adds attributes to a mount; those that it has stay.
  package func setAttributes(
    of mount: borrowing Descriptor, _ attributes: MountAttributes, isRecursive: Bool, propagation: UInt64 = 0
  ) throws(KernelError) {
    if attributes.isEmpty && propagation == 0 { return }
    let number = mount.number
    let accessTime = attributes.isDisjoint(with: [.noAccessTime, .strictAccessTime]) ? 0 : UInt64(CLINUX_MOUNT_ATTR_ATIME)
    let flags = UInt32(CLINUX_AT_EMPTY_PATH) | (isRecursive ? UInt32(CLINUX_AT_RECURSIVE) : 0)
    try kernel("mount_setattr(2)") { clinux_mount_setattr(number, "", flags, attributes.rawValue, accessTime, propagation) }
  }
}

/// A detached copy of the mount at a descriptor's place, beginning there. Only for mounts of this process's mount namespace (`EINVAL`).
package func cloneMount(_ place: borrowing Descriptor, isRecursive: Bool = false) throws(KernelError) -> Descriptor {
  let number = place.number
  let flags = UInt32(CLINUX_OPEN_TREE_CLONE | CLINUX_AT_EMPTY_PATH) | (isRecursive ? UInt32(CLINUX_AT_RECURSIVE) : 0)
  return Descriptor(owning: try kernel("open_tree(2)") { clinux_open_tree(number, "", flags) })
}

extension Propagation {
  package var flag: UInt64 {
    switch self {
    case .isPrivate: UInt64(CLINUX_MS_PRIVATE)
    case .slave: UInt64(CLINUX_MS_SLAVE)
    case .shared: UInt64(CLINUX_MS_SHARED)
    case .unbindable: UInt64(CLINUX_MS_UNBINDABLE)
    }
  }
}
