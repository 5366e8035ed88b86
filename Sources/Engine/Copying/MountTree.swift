import CLinux
import Glibc
import LinuxKit

/// An overlay's parts, topmost first, by names relative to `directory`.
struct OverlayLayers: Sendable {
  var directory: String
  var lower: [String]
  var upper: String
  var work: String
}

/// A mounted tree, and the mount namespace that it is in.
struct MountedTree: Sendable {
  var root: SharedDescriptor
  var namespace: SharedDescriptor
}

/// Mounts a container's root and what is mounted in it over `stage`, in the mount namespace of the thread that calls. Targets that are missing are
/// made inside the root, as at the container's start.
func mountTree(_ layers: OverlayLayers, _ mounts: [TreeMount], isReadOnly: Bool, stage: String) throws(KernelError) -> MountedTree {
  // The sources first: some may lie beneath the stage.
  var sources: [SharedDescriptor] = []
  for mount in mounts { sources.append(SharedDescriptor(try source(of: mount))) }
  try attach(
    try overlayView(lower: layers.lower, upper: layers.upper, work: layers.work, directory: layers.directory), at: AT_FDCWD, stage, to: "/")
  let root = try RootedDirectory(path: stage)
  for (mount, source) in zip(mounts, sources) {
    let isDirectory = try source.descriptor.status().kind == .directory
    let target = isDirectory ? try root.makeDirectories(mount.target) : try root.makeFile(mount.target)
    try attach(try source.descriptor.duplicate(), at: target.number, "", to: mount.target)
  }
  if isReadOnly {
    let number = root.descriptor.number
    try kernel("mount_setattr(2)", [stage]) {
      clinux_mount_setattr(number, "", UInt32(CLINUX_AT_EMPTY_PATH), MountAttributes.readOnly.rawValue, 0, 0)
    }
  }
  return MountedTree(
    root: SharedDescriptor(try root.descriptor.duplicate()),
    namespace: SharedDescriptor(try Descriptor.open("/proc/thread-self/ns/mnt", O_RDONLY)))
}

/// What is to be mounted, mounted nowhere yet.
private func source(of mount: TreeMount) throws(KernelError) -> Descriptor {
  let place: Descriptor
  switch mount.source {
  case .image(let image): return try image.view(nil)
  case .path(let path, let subpath?): place = try RootedDirectory(path: path).locate(subpath)
  case .path(let path, nil): place = try Descriptor.open(path, Int32(CLINUX_O_PATH))
  }
  let number = place.number
  let below = mount.isRecursive ? UInt32(CLINUX_AT_RECURSIVE) : 0
  let empty = UInt32(CLINUX_AT_EMPTY_PATH)
  let tree = Descriptor(
    owning: try kernel("open_tree(2)", [mount.target]) { clinux_open_tree(number, "", UInt32(CLINUX_OPEN_TREE_CLONE) | empty | below) })
  if mount.isReadOnly {
    let copy = tree.number
    try kernel("mount_setattr(2)", [mount.target]) {
      clinux_mount_setattr(copy, "", empty | (mount.isReadOnlyBelow ? below : 0), MountAttributes.readOnly.rawValue, 0, 0)
    }
  }
  return tree
}

private func attach(_ tree: borrowing Descriptor, at directory: Int32, _ path: String, to shown: String) throws(KernelError) {
  let from = tree.number
  let flags = UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH) | (path.isEmpty ? UInt32(CLINUX_MOVE_MOUNT_T_EMPTY_PATH) : 0)
  try kernel("move_mount(2)", [shown]) { clinux_move_mount(from, "", directory, path, flags) }
}
