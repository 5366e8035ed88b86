// Device filters of version 2 control groups (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE).
#ifndef CLINUX_BPF_H
#define CLINUX_BPF_H
#include <stddef.h>
#include <stdint.h>

/// Loads a device filter of `count` eBPF instructions. Returns a descriptor, or -1 with errno set.
int clinux_bpf_load_device_filter(const uint64_t *instructions, size_t count);
/// Makes a loaded filter the only one that is attached to the cgroup itself. Those of its ancestors stay in force.
int clinux_bpf_set_device_filter(int cgroup, int program);
#endif
