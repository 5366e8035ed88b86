import CLinux

/// A detached copy of the mount at a descriptor's place, beginning there, in which the owners of files are counted by the numbers of a user
/// namespace: who is 0 in the file system is its root. What is on the disk stays as it is (mount_setattr(2), "ID-mapped mounts").
///
/// `isRecursive`: the mounts below it come along, and are counted so too unless `mapsBelow` is false.
/// `EINVAL`: the file system cannot do that. `EPERM`: the mount has been counted in another way already.
public func mappedMount(
  _ place: borrowing Descriptor, users: borrowing Descriptor, isRecursive: Bool = false, mapsBelow: Bool = true
) throws(KernelError) -> Descriptor {
  let number = place.number
  let below = UInt32(CLINUX_AT_RECURSIVE)
  let flags = UInt32(CLINUX_OPEN_TREE_CLONE | CLINUX_AT_EMPTY_PATH) | (isRecursive ? below : 0)
  let tree = Descriptor(owning: try kernel("open_tree(2)") { clinux_open_tree(number, "", flags) })
  let copy = tree.number
  let namespace = users.number
  try kernel("mount_setattr(2) idmap") { clinux_mount_idmap(copy, isRecursive && mapsBelow ? below : 0, namespace) }
  return tree
}
