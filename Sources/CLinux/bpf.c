#include "clinux_bpf.h"
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attributes) {
  return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

int clinux_bpf_load_device_filter(const uint64_t *instructions, size_t count) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = (uint64_t)(uintptr_t)instructions;
  attributes.insn_cnt = (uint32_t)count;
  attributes.license = (uint64_t)(uintptr_t) "Apache";
  return bpf(BPF_PROG_LOAD, &attributes);
}

int clinux_bpf_set_device_filter(int cgroup, int program) {
  uint32_t old[64];
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.query.target_fd = (uint32_t)cgroup;
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = (uint64_t)(uintptr_t)old;
  attributes.query.prog_cnt = sizeof old / sizeof *old;
  if (bpf(BPF_PROG_QUERY, &attributes) < 0) return -1;
  uint32_t count = attributes.query.prog_cnt;

  memset(&attributes, 0, sizeof attributes);
  attributes.target_fd = (uint32_t)cgroup;
  attributes.attach_bpf_fd = (uint32_t)program;
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (bpf(BPF_PROG_ATTACH, &attributes) < 0) return -1;

  // The new filter is in force, so there is no moment without one.
  for (uint32_t i = 0; i < count; i++) {
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_id = old[i];
    int found = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
    if (found < 0) return -1;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)cgroup;
    attributes.attach_bpf_fd = (uint32_t)found;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    int result = bpf(BPF_PROG_DETACH, &attributes);
    close(found);
    if (result < 0) return -1;
  }
  return 0;
}
