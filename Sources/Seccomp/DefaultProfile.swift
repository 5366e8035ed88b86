import Glibc
import LinuxKit

/// Calls that a capability brings with it (moby/profiles `seccomp/default.json`, `includes.caps`).
private let allowedWith: [(capability: String, calls: String)] = [
  ("CAP_DAC_READ_SEARCH", "open_by_handle_at"),
  (
    "CAP_SYS_ADMIN",
    """
    bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount
    mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare
    """
  ),
  ("CAP_SYS_BOOT", "reboot"),
  ("CAP_SYS_CHROOT", "chroot"),
  ("CAP_SYS_MODULE", "delete_module init_module finit_module"),
  ("CAP_SYS_PACCT", "acct"),
  ("CAP_SYS_PTRACE", "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace"),
  ("CAP_SYS_RAWIO", "iopl ioperm"),
  ("CAP_SYS_TIME", "settimeofday stime clock_settime clock_settime64"),
  ("CAP_SYS_TTY_CONFIG", "vhangup"),
  ("CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"),
  ("CAP_SYSLOG", "syslog"),
  ("CAP_BPF", "bpf"),
  ("CAP_PERFMON", "perf_event_open"),
]

/// Address families of `socket(2)` and `socketpair(2)`: AF_UNIX, INET, INET6 and NETLINK, which programs live on.
private let usualFamilies: [UInt64] = [1, 2, 10, 16]
/// With the capability to use it: AF_PACKET.
private let rawFamilies: [UInt64] = [17]
/// What else Docker's allows, for who configures networks (AF_KEY, CAN, BLUETOOTH, TIPC, XDP…). Each is a module of the kernel that any program could
/// otherwise have loaded, and several had holes. Not among them: AF_ALG (the kernel's cryptography), AF_VSOCK (virtual machines of the host) and what
/// the kernel has dropped.
private let networkFamilies: [UInt64] = [
  3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15, 17, 18, 21, 22, 24, 26, 27, 28, 29, 30, 31, 32, 33, 35, 36, 39, 41, 42, 43, 44, 45,
]

/// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
private let cloneNamespaces: UInt64 = 0x7E02_0000

extension Profile {
  /// Docker's default profile for a container with these capabilities, on this machine's architecture and `foreign`.
  ///
  /// Parameter kernel: version of the running kernel; since 4.8 `ptrace` cannot be used to get round a filter.
  static func standard(capabilities: CapabilitySet, foreign: ForeignABI? = nil, kernel: KernelVersion) -> Profile {
    var profile = Profile(foreign: foreign)
    profile.add(alwaysAllowed)
    if kernel >= KernelVersion(4, 8) { profile.add("process_vm_readv process_vm_writev ptrace") }
    for family in families(capabilities).sorted() { profile.add("socket socketpair", when: .equals(argument: 0, family)) }
    for personality: UInt64 in [0, 0x8, 0x20000, 0x20008, 0xffff_ffff] {
      profile.add("personality", when: .equals(argument: 0, personality))
    }
    #if arch(x86_64)
      profile.add("arch_prctl modify_ldt")
    #elseif arch(arm64)
      profile.add("arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls")
    #endif
    for (name, calls) in allowedWith where !capabilities.isDisjoint(with: CapabilitySet(names: [name])) { profile.add(calls) }
    if capabilities.isDisjoint(with: CapabilitySet(names: ["CAP_SYS_ADMIN"])) {
      profile.add("clone", when: .hasNone(argument: 0, of: cloneNamespaces))
      // Its arguments are behind a pointer; ENOSYS makes the C library fall back to clone.
      profile.add("clone3", .refuse(errno: ENOSYS))
    }
    return profile
  }

  private static func families(_ capabilities: CapabilitySet) -> Set<UInt64> {
    var families = Set(usualFamilies)
    if !capabilities.isDisjoint(with: CapabilitySet(names: ["CAP_NET_RAW"])) { families.formUnion(rawFamilies) }
    if !capabilities.isDisjoint(with: CapabilitySet(names: ["CAP_NET_ADMIN"])) { families.formUnion(networkFamilies) }
    return families
  }
}
