import Glibc
import LinuxKit

/// Version 2 has no files for devices: an eBPF program decides (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE).
struct UnifiedDevices: Controller {
  let limits: Set<Limit> = [.devices]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    if limits.devices.isEmpty { return }
    do throws(KernelError) {
      let group = try Descriptor.open(directory.path, O_RDONLY | O_DIRECTORY)
      try setDeviceFilter(cgroup: group, DeviceProgram(limits.devices).instructions)
    } catch {
      throw CgroupError("filtering devices of", directory.path, errno: error.errno, hint: error.call)
    }
  }
}
