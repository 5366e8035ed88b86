import CLinux
import Glibc
import LinuxKit
import ShimProtocol

extension Interpreter {
  /// Names may be relative to `directory`. The overlay is mounted on its own work directory, for which alone nobody looks any more:
  /// what else lies below `directory` can still be bound.
  mutating func overlayRoot(_ directory: String, _ lower: [String], _ upper: String, _ work: String, _ attributes: MountAttributes) throws {
    let options = try OverlayOptions.text(lower: lower, upper: upper, work: work)
    try kernel("chdir(2)", [directory]) { chdir(directory) }
    // An overlay writes with the rights of whoever mounted it, and one with this capability is under no quota of ext4.
    let back = try withoutResourceCapability()
    try kernel("mount(2) overlay", [directory, options]) { clinux_mount("overlay", work, "overlay", 0, options) }
    try back()
    try takeRoot(work, attributes)
  }

  /// Lays CAP_SYS_RESOURCE aside. Returns what takes it up again.
  private func withoutResourceCapability() throws(KernelError) -> () throws(KernelError) -> Void {
    var effective: UInt64 = 0
    var permitted: UInt64 = 0
    var inheritable: UInt64 = 0
    try kernel("capget(2)") { clinux_capget(&effective, &permitted, &inheritable) }
    let before = (effective, permitted, inheritable)
    let without = effective & ~CapabilitySet(names: ["CAP_SYS_RESOURCE"]).rawValue
    if without == effective { return {} }
    try kernel("capset(2)") { clinux_capset(without, before.1, before.2) }
    return { () throws(KernelError) in try kernel("capset(2)") { clinux_capset(before.0, before.1, before.2) } }
  }

  mutating func bindRoot(_ path: String, _ attributes: MountAttributes) throws {
    try kernel("mount(2) bind", [path]) { clinux_mount(path, path, nil, UInt(CLINUX_MS_BIND | CLINUX_MS_REC), nil) }
    try takeRoot(path, attributes)
  }

  /// A detached mount becomes the root. It is put over `/`, which every mount namespace has and whoever is root in it may reach.
  mutating func attachRoot(_ slot: Int) throws {
    let tree = try self.slot(slot)
    try move(tree.descriptor, onto: try Descriptor.open("/", O_DIRECTORY | Int32(CLINUX_O_PATH)))
    try setAttributes(of: tree.descriptor, [], isRecursive: false, propagation: UInt64(CLINUX_MS_PRIVATE))
    root = tree
  }

  private mutating func takeRoot(_ path: String, _ attributes: MountAttributes) throws {
    let made = SharedDescriptor(try Descriptor.open(path, O_DIRECTORY | Int32(CLINUX_O_PATH)))
    try setAttributes(of: made.descriptor, attributes, isRecursive: false, propagation: UInt64(CLINUX_MS_PRIVATE))
    root = made
  }

  /// The root becomes `/`, and what was there goes.
  mutating func pivotRoot() throws {
    guard let new = root else { throw SetupProblem(errno: EINVAL, "there is no root to pivot to") }
    let number = new.number
    let old = try Descriptor.open("/", O_DIRECTORY | Int32(CLINUX_O_PATH))
    let oldNumber = old.number
    try kernel("fchdir(2)") { fchdir(number) }
    // The old root comes to lie on the new one and is taken off it.
    try kernel("pivot_root(2)") { clinux_pivot_root(".", ".") }
    try kernel("fchdir(2)") { fchdir(oldNumber) }
    // Taking it off must not reach mounts that other namespaces share with this one.
    try kernel("mount(2) rslave", ["."]) { clinux_mount(nil, ".", nil, UInt(CLINUX_MS_REC | CLINUX_MS_SLAVE), nil) }
    try kernel("umount2(2)", ["."]) { clinux_umount2(".", Int32(CLINUX_MNT_DETACH)) }
    try kernel("chdir(2)", ["/"]) { chdir("/") }
    isInside = true
    root = SharedDescriptor(try Descriptor.open("/", O_DIRECTORY | Int32(CLINUX_O_PATH)))
  }
}
