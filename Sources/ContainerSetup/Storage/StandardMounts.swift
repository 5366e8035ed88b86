import OCI
import StackModel

/// 64 MiB, Docker's.
private let defaultShmSize: Int64 = 67_108_864

/// The file systems of every container, with the options of moby `daemon/pkg/oci/defaults.go`.
func standardMounts(_ inputs: ContainerInputs) -> [RuntimeSpec.Mount] {
  let options = inputs.options
  let access = options.isPrivileged ? [] : ["ro"]
  var mounts = [
    RuntimeSpec.Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
    RuntimeSpec.Mount(destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    RuntimeSpec.Mount(
      destination: "/dev/pts", type: "devpts", source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
    RuntimeSpec.Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev"] + access),
    RuntimeSpec.Mount(destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", "nodev"] + access),
    RuntimeSpec.Mount(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]),
  ]
  if options.ipc == IPCMode.none, !options.usesHostIPC {
    // Docker's too has an IPC namespace and no place for shared memory.
  } else if ipcOwner(options) != nil {
    mounts.append(
      RuntimeSpec.Mount(
        destination: "/dev/shm", type: "bind", source: "shm", options: ["bind", "nosuid", "noexec", "nodev", "rprivate"]))
  } else if options.usesHostIPC {
    mounts.append(
      RuntimeSpec.Mount(
        destination: "/dev/shm", type: "bind", source: "/dev/shm", options: ["rbind", "nosuid", "noexec", "nodev", "rprivate"]))
  } else {
    let size = options.shmSize.flatMap { $0.bytes > 0 ? $0.bytes : nil } ?? defaultShmSize
    mounts.append(
      RuntimeSpec.Mount(
        destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777", "size=\(size)"]))
  }
  if inputs.host.cgroups == .none { mounts.removeAll { $0.type == "cgroup" } }
  return mounts
}
