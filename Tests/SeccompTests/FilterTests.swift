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

  /// Only an image made for another ABI has it; for all others it is as if the kernel had been built without.
  @Test func otherABIsAreNotThere() throws {
    var refused = 0
    for number in UInt32(0)...511 {
      for (token, base) in [(x86, UInt32(0)), (x86_64, x32Bit)] {
        #expect(try filter.run(token, base + number).answer == .refuse(ENOSYS), "\(number)")
        refused += 1
      }
    }
    #expect(refused == 1024)
    #expect(ForeignABI(imageArchitecture: "386")?.architecture == .x86)
    #expect(ForeignABI(imageArchitecture: "amd64p32")?.architecture == .x32)
    for name in ["amd64", "arm64", "", "386 ", "i386\n"] { #expect(ForeignABI(imageArchitecture: name) == nil) }
    // Each opens its own door and not the other's.
    let with386 = Interpreter(try defaultFilter(capabilities: usual, foreign: ForeignABI(imageArchitecture: "386")))
    #expect(try with386.run(x86, 20).answer == .allow)
    #expect(try with386.run(x86_64, x32Bit | 39).answer == .refuse(ENOSYS))
    #expect(try with386.run(x86_64, 39).answer == .allow)
  }

  /// Compiled, a number must be answered as the profile's text says, on each of the three ABIs where they are let in.
  @Test(arguments: [(Architecture.native, UInt32(0), x86_64), (.x86, 0, x86), (.x32, x32Bit, x86_64)])
  func everyNumber(architecture: Architecture, base: UInt32, token: UInt32) throws {
    let foreign = ForeignABI(imageArchitecture: architecture.imageName)
    let profile = Profile.standard(capabilities: usual, foreign: foreign, kernel: KernelVersion(6, 1))
    let filter = Interpreter(try defaultFilter(capabilities: usual, foreign: foreign))
    let rules = Dictionary(grouping: profile.rules, by: \.call)
    let last = try #require(profile.rules.compactMap { architecture.number(of: $0.call) }.max())
    let gaps = architecture.gaps(before: last)
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
        case nil: .refuse(number > last || gaps.contains { $0.contains(number) } ? ENOSYS : EPERM)
        }
      if expected == .allow { allowed += 1 }
      #expect(try filter.run(token, number).answer == expected, "\(architecture) \(number)")
    }
    // A program, not an empty list.
    #expect(allowed > 200)
  }

  @Test func countsOfDocker() throws {
    let allowed = try (UInt32(0)...450).filter { try filter.run(x86_64, $0).answer == .allow }
    // 450 numbers, of which clone and personality with arguments of 0 are allowed too.
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

  /// An allow-list: UNIX, INET, INET6, NETLINK, and PACKET with the capability for it.
  @Test(arguments: ["socket", "socketpair"]) func addressFamilies(call: String) throws {
    let plain = Interpreter(try defaultFilter(capabilities: usual.subtracting(CapabilitySet(names: ["CAP_NET_RAW"]))))
    let network = Interpreter(try defaultFilter(capabilities: usual.union(CapabilitySet(names: ["CAP_NET_ADMIN"]))))
    let never: Set<UInt64> = [0, 12, 19, 20, 23, 25, 34, 37, 38, 40]
    for family in [UInt64](0...50) + [255, 0xffff_ffff, 0x1_0000_0026] {
      #expect(try answer(call, family, 1) == ([1, 2, 10, 16, 17].contains(family) ? .allow : .refuse(EPERM)), "family \(family)")
      #expect(try answer(call, family, 1, of: plain) == ([1, 2, 10, 16].contains(family) ? .allow : .refuse(EPERM)), "family \(family)")
      let widest = family <= 45 && !never.contains(family)
      #expect(try answer(call, family, 1, of: network) == (widest ? .allow : .refuse(EPERM)), "family \(family)")
    }
  }

  /// The same on the two entries of i386 whose arguments are in registers. `socketcall`, whose arguments are in memory, is what the C library of an
  /// i386 image has for `socket`: there Docker's rule stands.
  @Test func addressFamiliesOfI386() throws {
    let filter = Interpreter(try defaultFilter(capabilities: usual, foreign: ForeignABI(imageArchitecture: "386")))
    for call in ["socket", "socketpair"] {
      // libseccomp's own numbers for these are below zero: they are 359 and 360.
      let number: UInt32 = call == "socket" ? 359 : 360
      for family in UInt64(0)...50 {
        let expected: Interpreter.Answer = [1, 2, 10, 16, 17].contains(family) ? .allow : .refuse(EPERM)
        #expect(try filter.run(x86, number, [family]).answer == expected, "\(family)")
      }
    }
    #expect(try self.filter.run(x86, 102, [1]).answer == .refuse(ENOSYS))
  }

  @Test func callsThatAreNewerThanTheProfile() throws {
    #expect(try filter.run(x86_64, 470).answer == .refuse(ENOSYS))
    #expect(try filter.run(x86_64, x32Bit | 0x3ff).answer == .refuse(ENOSYS))
    #expect(try filter.run(x86, 600).answer == .refuse(ENOSYS))
    // Numbers that x86-64 has left out.
    for number in UInt32(337)...423 { #expect(try filter.run(x86_64, number).answer == .refuse(ENOSYS)) }
  }

  @Test func otherArchitectures() throws {
    #expect(try filter.run(cseccomp_arch_aarch64(), 0).answer == .refuse(ENOSYS))
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
    #expect(Interpreter(try defaultFilter(capabilities: .known, foreign: ForeignABI(imageArchitecture: "386"))).count < 4096)
    let longest = try (UInt32(0)...460).map { try filter.run(x86_64, $0).steps }.max()
    #expect(try #require(longest) < 60)
  }
}
