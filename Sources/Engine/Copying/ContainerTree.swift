import CLinux
import Glibc
import LinuxKit
import StackModel

/// A container's files as its processes see them: its root with volumes and binds. Every path is resolved inside it by the kernel.
///
/// Of a running container it is the mount namespace of its processes; of another one a namespace of its own, in which the same is mounted.
final class ContainerTree: Sendable {
  let root: RootedDirectory
  /// Keeps what is mounted, also when the container ends meanwhile.
  private let namespace: Descriptor
  /// Of memory file systems of the host that are mounted in it.
  private let memoryDevices: Set<UInt64>
  /// How owners are counted: who is 0 inside; nil: as they are on the disk.
  let owners: UserMapping?

  /// That of a running container.
  init(of pid: Int32, mounts: [TreeMount], owners: UserMapping?) throws(KernelError) {
    root = RootedDirectory(try Descriptor.open("/proc/\(pid)/root", O_DIRECTORY | Int32(CLINUX_O_PATH)))
    namespace = try Descriptor.open("/proc/\(pid)/ns/mnt", O_RDONLY)
    memoryDevices = TreeMount.devices(of: mounts)
    self.owners = owners
  }

  /// That of a container that does not run, mounted over `stage`, which nobody else sees. `isReadOnly`: the root is.
  init(_ layers: OverlayLayers, mounts: [TreeMount], isReadOnly: Bool, stage: String) throws(KernelError) {
    let made = try inNewMountNamespace { () throws(KernelError) in try mountTree(layers, mounts, isReadOnly: isReadOnly, stage: stage) }
    root = RootedDirectory(try made.root.descriptor.duplicate())
    namespace = try made.namespace.descriptor.duplicate()
    memoryDevices = TreeMount.devices(of: mounts)
    owners = nil
  }

  /// Whether a file is on a file system that is none of the container's storage: /proc, /sys, /dev, a tmpfs, where secrets are too.
  func isHidden(_ file: borrowing Descriptor) throws(KernelError) -> Bool {
    switch UInt32(truncatingIfNeeded: clinux_filesystem_type(file.number)) {
    case 0x0102_1994: try !memoryDevices.contains(file.status().device)
    // proc, sysfs, cgroup, cgroup2, devpts, mqueue, bpf, debugfs, tracefs, securityfs.
    case 0x9FA0, 0x6265_6572, 0x27_E0EB, 0x6367_7270, 0x1CD1, 0x1980_0202, 0xCAFE_4A11, 0x6462_6720, 0x7472_6163, 0x7363_6673: true
    default: false
    }
  }
}
