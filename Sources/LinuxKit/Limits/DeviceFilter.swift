import CLinux

/// Makes an eBPF program the device filter of a version 2 control group, instead of an earlier one; its ancestors' stay in force.
public func setDeviceFilter(cgroup: borrowing Descriptor, _ instructions: [UInt64]) throws(KernelError) {
  let program = Descriptor(
    owning: try kernel("bpf(2) BPF_PROG_LOAD") { clinux_bpf_load_device_filter(instructions, instructions.count) })
  let (group, filter) = (cgroup.number, program.number)
  try kernel("bpf(2) BPF_PROG_ATTACH") { clinux_bpf_set_device_filter(group, filter) }
}
