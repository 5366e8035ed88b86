import CSeccomp
import Glibc
import LinuxKit
import Testing

@testable import Seccomp

private let x86_64 = cseccomp_arch_x86_64()
private let x86 = cseccomp_arch_x86()
private let x32Bit: UInt32 = 0x4000_0000
/// What the default capabilities of Docker are, `a80425fb`.
private let usual = CapabilitySet(rawValue: 0xa804_25fb)

/// The default profile allows and refuses, nothing else.
private struct Unexpected: Error { var action: Profile.Action }

@Suite struct FilterTests {
  private let filter: Interpreter

  init() throws { filter = Interpreter(try defaultFilter(capabilities: usual)) }

  private func answer(_ call: String, _ arguments: UInt64..., of filter: Interpreter? = nil) throws -> Interpreter.Answer {
    let number = try #require(Architecture.native.number(of: call), "\(call)")
    return try (filter ?? self.filter).run(x86_64, number, arguments).answer
  }

  /// Compiled, a number must be answered as the profile's text says, on each of the three ABIs.
  @Test(arguments: [(Architecture.native, UInt32(0), x86_64), (.x86, 0, x86), (.x32, x32Bit, x86_64)])
  func everyNumber(architecture: Architecture, base: UInt32, token: UInt32) throws {
    let profile = Profile.standard(capabilities: usual, kernel: KernelVersion(6, 1))
    let rules = Dictionary(grouping: profile.rules, by: \.call)
    let last = try #require(profile.rules.compactMap { architecture.number(of: $0.call) }.max())
    var allowed = 0
    for number in base...(base + 511) {
      let name = seccomp_syscall_resolve_num_arch(architecture.token, Int32(number))
      defer { free(name) }
      let own = name.flatMap { rules[String(cString: $0)] } ?? []
      // Those that depend on arguments have tests of their own.
      if !own.isEmpty && own.allSatisfy({ !$0.conditions.isEmpty }) { continue }
      let expected: Interpreter.Answer =
        switch own.first?.action {
        case .allow: .allow
        case .refuse(let errno)?: .refuse(errno)
        case let other?: throw Unexpected(action: other)
        case nil: .refuse(number > last ? ENOSYS : EPERM)
        }
      if expected == .allow { allowed += 1 }
      #expect(try filter.run(token, number).answer == expected, "\(architecture) \(number)")
    }
    // A program, not an empty list.
    #expect(allowed > 200)
  }

  @Test func countsOfDocker() throws {
    let allowed = try (UInt32(0)...450).filter { try filter.run(x86_64, $0).answer == .allow }
    // 450 numbers, of which clone, socket and personality with arguments of 0 are allowed too.
    #expect(allowed.count <= 295)
    #expect(allowed.count > 280)
  }

  @Test(arguments: [
    "mount", "umount2", "pivot_root", "unshare", "setns", "reboot", "swapon", "init_module", "kexec_load", "bpf", "perf_event_open",
    "keyctl",
    "add_key", "request_key", "userfaultfd", "io_uring_setup", "io_uring_enter", "open_by_handle_at", "kcmp", "move_pages", "fsopen",
    "fsmount",
    "open_tree", "move_mount", "mount_setattr", "acct", "settimeofday", "syslog", "iopl", "ioperm", "quotactl", "nfsservctl",
    "lookup_dcookie",
    "vhangup", "mbind", "set_mempolicy", "ustat", "sysfs", "_sysctl", "uselib", "create_module", "get_kernel_syms", "pidfd_getfd",
  ])
  func refused(call: String) throws {
    #expect(try answer(call) == .refuse(EPERM))
  }

  @Test(arguments: [
    "read", "openat2", "execve", "chroot", "mknod", "ptrace", "clone", "futex_waitv", "seccomp", "setuid", "landlock_create_ruleset",
  ])
  func allowed(call: String) throws {
    #expect(try answer(call) == .allow)
  }

  @Test func cloneMakesNoNamespaces() throws {
    #expect(try answer("clone", UInt64(SIGCHLD)) == .allow)
    #expect(try answer("clone", 0x0100_0000 | 0x100) == .allow)
    for flag: UInt64 in [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000] {
      #expect(try answer("clone", flag | UInt64(SIGCHLD)) == .refuse(EPERM))
    }
    #expect(try answer("clone3") == .refuse(ENOSYS))
  }

  @Test func personalities() throws {
    for value: UInt64 in [0, 0x8, 0x20000, 0x20008, 0xffff_ffff] { #expect(try answer("personality", value) == .allow) }
    for value: UInt64 in [0x40000, 0x1, 0x20009, 0xffff_fffe] { #expect(try answer("personality", value) == .refuse(EPERM)) }
  }

  @Test func addressFamilies() throws {
    let refused: Set<UInt64> = [12, 19, 20, 23, 25, 34, 37, 38, 40]
    for family: UInt64 in 1...45 {
      #expect(try answer("socket", family, 1) == (refused.contains(family) ? .refuse(EPERM) : .allow), "family \(family)")
    }
    for family: UInt64 in [46, 255, 0xffff_ffff] { #expect(try answer("socket", family) == .refuse(EPERM)) }
  }

  @Test func callsThatAreNewerThanTheProfile() throws {
    #expect(try filter.run(x86_64, 470).answer == .refuse(ENOSYS))
    #expect(try filter.run(x86_64, x32Bit | 0x3ff).answer == .refuse(ENOSYS))
    #expect(try filter.run(x86, 600).answer == .refuse(ENOSYS))
  }

  @Test func otherArchitecturesAreKilled() throws {
    #expect(try filter.run(cseccomp_arch_aarch64(), 0).answer == .kill)
  }

  @Test func capabilitiesOpenTheirCalls() throws {
    let pairs: [(String, [String])] = [
      ("CAP_SYS_ADMIN", ["mount", "unshare", "setns", "bpf", "clone3", "fsopen", "syslog"]), ("CAP_DAC_READ_SEARCH", ["open_by_handle_at"]),
      ("CAP_SYS_BOOT", ["reboot"]), ("CAP_SYS_MODULE", ["init_module", "finit_module", "delete_module"]), ("CAP_SYS_PACCT", ["acct"]),
      ("CAP_SYS_PTRACE", ["kcmp", "pidfd_getfd", "process_madvise"]), ("CAP_SYS_RAWIO", ["iopl", "ioperm"]),
      ("CAP_SYS_TIME", ["settimeofday", "clock_settime"]), ("CAP_SYS_TTY_CONFIG", ["vhangup"]),
      ("CAP_SYS_NICE", ["mbind", "set_mempolicy"]),
      ("CAP_SYSLOG", ["syslog"]), ("CAP_BPF", ["bpf"]), ("CAP_PERFMON", ["perf_event_open"]),
    ]
    for (capability, calls) in pairs {
      let wider = Interpreter(try defaultFilter(capabilities: usual.union(CapabilitySet(names: [capability]))))
      for call in calls {
        #expect(try answer(call) != .allow, "\(call)")
        #expect(try answer(call, of: wider) == .allow, "\(call) with \(capability)")
      }
    }
    let admin = Interpreter(try defaultFilter(capabilities: .known))
    #expect(try answer("clone", 0x1000_0000, of: admin) == .allow)
    let none = Interpreter(try defaultFilter(capabilities: []))
    #expect(try answer("chroot", of: none) == .refuse(EPERM))
  }

  @Test func olderKernelsHaveNoPtrace() throws {
    let calls = Set(Profile.standard(capabilities: usual, kernel: KernelVersion(4, 7)).rules.map(\.call))
    #expect(!calls.contains("ptrace"))
    #expect(Set(Profile.standard(capabilities: usual, kernel: KernelVersion(4, 8)).rules.map(\.call)).contains("ptrace"))
  }

  /// The kernel's limit is 4096 instructions; a call must not cost hundreds of them.
  @Test func size() throws {
    #expect(filter.count < 4096)
    let longest = try (UInt32(0)...460).map { try filter.run(x86_64, $0).steps }.max()
    #expect(try #require(longest) < 60)
  }
}
