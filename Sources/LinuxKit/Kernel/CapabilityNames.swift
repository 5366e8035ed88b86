extension CapabilitySet {
  /// The kernel's names in order of number (`capabilities(7)`, as of Linux 5.9), the first being 0.
  private static let table = [
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
    "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
    "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
    "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
    "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
  ]

  /// Every capability that has a name.
  public static let known = CapabilitySet(rawValue: (1 << UInt64(table.count)) - 1)

  /// One capability by its name: `CAP_NET_ADMIN`, in capitals. Nil when there is none of that name.
  public init?(named name: String) {
    guard let number = Self.table.firstIndex(of: name) else { return nil }
    self.init(rawValue: 1 << UInt64(number))
  }

  /// Several capabilities by their names; names that do not exist are left out.
  public init(names: [String]) {
    self = names.reduce(into: []) { all, name in
      if let one = CapabilitySet(named: name) { all.formUnion(one) }
    }
  }

  /// The names of those in the set, in order of number.
  public var names: [String] {
    Self.table.enumerated().filter { rawValue & (1 << UInt64($0.offset)) != 0 }.map(\.element)
  }
}
