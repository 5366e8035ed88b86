import CSeccomp
import Glibc
import LinuxKit
import Testing

@testable import Seccomp

private let native = Architecture.native

/// Profiles of the users' own, compiled and run.
@Suite struct ProfileTests {
  private func answer(_ profile: Profile, _ call: String, _ arguments: UInt64...) throws -> Interpreter.Answer {
    let number = try #require(native.number(of: call))
    return try Interpreter(try filter(of: profile)).run(native.token, number, arguments).answer
  }

  private func allowing(_ default: Profile.Action = .allow) -> Profile { Profile(defaultAction: `default`, architectures: []) }

  @Test func everythingButOneCall() throws {
    var profile = allowing()
    profile.add(calls: ["mkdir", "no_such_call"], .refuse(errno: EBUSY), when: [])
    #expect(try answer(profile, "mkdir") == .refuse(EBUSY))
    #expect(try answer(profile, "mkdirat") == .allow)
    // Newer than the profile: it says that everything else is allowed.
    #expect(try Interpreter(try filter(of: profile)).run(native.token, 5000).answer == .allow)
  }

  @Test func nothingButOneCall() throws {
    var profile = allowing(.refuse(errno: EACCES))
    profile.add(calls: ["getpid", "read"], .allow, when: [])
    #expect(try answer(profile, "getpid") == .allow)
    #expect(try answer(profile, "write") == .refuse(EACCES))
    #expect(try Interpreter(try filter(of: profile)).run(native.token, 5000).answer == .refuse(ENOSYS))
  }

  @Test func argumentsMustAllHold() throws {
    var profile = allowing(.refuse(errno: EPERM))
    profile.add(
      calls: ["socket"], .allow,
      when: [.compares(argument: 0, .equal, 2), .compares(argument: 1, .notEqual, 3), .masked(argument: 2, mask: 0xf0, equals: 0x10)])
    #expect(try answer(profile, "socket", 2, 1, 0x1f) == .allow)
    #expect(try answer(profile, "socket", 1, 1, 0x1f) == .refuse(EPERM))
    #expect(try answer(profile, "socket", 2, 3, 0x1f) == .refuse(EPERM))
    #expect(try answer(profile, "socket", 2, 1, 0x2f) == .refuse(EPERM))
  }

  @Test func testsOfOneArgumentAreAlternatives() throws {
    var profile = allowing(.refuse(errno: EPERM))
    profile.add(calls: ["personality"], .allow, when: [.compares(argument: 0, .equal, 0), .compares(argument: 0, .equal, 8)])
    #expect(try answer(profile, "personality", 0) == .allow)
    #expect(try answer(profile, "personality", 8) == .allow)
    #expect(try answer(profile, "personality", 4) == .refuse(EPERM))
  }

  @Test(arguments: [
    (Profile.Comparison.less, [true, false, false]), (.lessOrEqual, [true, true, false]), (.equal, [false, true, false]),
    (.greaterOrEqual, [false, true, true]), (.greater, [false, false, true]), (.notEqual, [true, false, true]),
  ])
  func comparisons(_ comparison: Profile.Comparison, holds: [Bool]) throws {
    var profile = allowing(.refuse(errno: EPERM))
    profile.add(calls: ["close"], .allow, when: [.compares(argument: 0, comparison, 1 << 33)])
    for (value, isAllowed) in zip([(1 << 33) - 1, 1 << 33, (1 << 33) + 1] as [UInt64], holds) {
      #expect(try answer(profile, "close", value) == (isAllowed ? .allow : .refuse(EPERM)), "\(comparison) \(value)")
    }
  }

  #if arch(x86_64)
    /// An architecture that the profile leaves out makes no calls at all.
    @Test func otherArchitectures() throws {
      var profile = Profile(defaultAction: .refuse(errno: EPERM), architectures: ["SCMP_ARCH_X86_64"])
      profile.add(calls: ["getpid"], .allow, when: [])
      let program = Interpreter(try filter(of: profile))
      let number = try #require(Architecture.x86.number(of: "getpid"))
      #expect(try program.run(Architecture.x86.token, number).answer != .allow)
      #expect(try program.run(native.token, try #require(native.number(of: "getpid"))).answer == .allow)
      var both = Profile(defaultAction: .refuse(errno: EPERM), architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_S390"])
      both.add(calls: ["getpid"], .allow, when: [])
      #expect(try Interpreter(try filter(of: both)).run(Architecture.x86.token, number).answer == .allow)
    }
  #endif

  /// A rule that says what holds anyway is one that libseccomp refuses.
  @Test func rulesThatSayNothing() throws {
    var profile = allowing()
    profile.add(calls: ["read"], .allow, when: [])
    #expect(try answer(profile, "read") == .allow)
  }
}
