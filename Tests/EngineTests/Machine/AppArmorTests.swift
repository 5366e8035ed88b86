import Backend
import ContainerRuntime
import ContainerSetup
import Glibc
import OCI
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// C14: the kernel's AppArmor keeps containers from what `docker-default` keeps Docker's from.
@Suite(.serialized) struct AppArmorTests {
  private static let isThere =
    (try? readText("/sys/module/apparmor/parameters/enabled"))?.hasPrefix("Y") == true && exists("/usr/sbin/apparmor_parser")

  @Test(.enabled("AppArmor is not in this kernel, or apparmor_parser not installed (Tests/vm has both)") { isThere })
  func theStandardProfileConfines() async throws {
    try await EngineOfOurOwn.with { try await Self.confine($0) }
  }

  private static func confine(_ engine: EngineOfOurOwn) async throws {
    let script = """
      cat /proc/self/attr/current; mkdir /m; mount -t tmpfs x /m; echo "mount $?"
      grep CapEff /proc/self/status; sleep 1000
      """
    // With the capability to mount, and nothing hidden or read-only: what is left is the profile.
    var stack = engine.stack("armor", ["a": script, "b": script, "c": script, "d": script]) {
      $0.capAdd = ["SYS_ADMIN"]
      $0.seccomp = .unconfined
      $0.unmasksPaths = true
      $0.usesInit = true
    }
    stack.services["b"]?.options.appArmor = "unconfined"
    stack.services["c"]?.options.isPrivileged = true
    stack.services["d"]?.options.noNewPrivileges = true
    #expect(try await engine.up(stack).failures == [])
    func label(_ service: ServiceName) async throws -> String {
      let container = try #require(await engine.backend.containers.find(name: "armor-\(service)-1"))
      let pid = try #require(await container.running?.shim.pid)
      return try readText("/proc/\(pid)/attr/current").filter { $0 != "\n" && $0 != "\0" }
    }
    #expect(try await label("a") == "muster-default (enforce)")
    #expect(try await label("b") == "unconfined")
    #expect(try await label("c") == "unconfined")
    #expect(try await label("d") == "muster-default (enforce)")
    func inside(_ service: ServiceName, _ command: String) async throws -> (code: Int32, output: String) {
      try await engine.exec("armor", service, ["sh", "-c", command + " 2>&1"])
    }
    #expect(try await inside("a", "cat /proc/1/attr/current").output == "muster-default (enforce)\n")
    #expect(try await inside("a", "cat /proc/self/attr/current").output == "muster-default (enforce)\n")
    for service in ["a", "d"] as [ServiceName] {
      #expect(try await inside(service, "mount -t tmpfs x /tmp").output.contains("ermission denied"), "\(service)")
      #expect(try await inside(service, "echo 0 > /proc/sys/vm/overcommit_memory").output.contains("ermission denied"), "\(service)")
      #expect(try await inside(service, "echo h > /proc/sysrq-trigger").output.contains("ermission denied"), "\(service)")
      #expect(try await inside(service, "cat /proc/kcore | head -c 1").output.contains("ermission denied"), "\(service)")
      #expect(try await inside(service, "echo x > /sys/kernel/uevent_helper").code != 0, "\(service)")
    }
    #expect(try await inside("b", "mount -t tmpfs x /tmp && cat /proc/self/attr/current").output == "unconfined\n")
    // Within one profile they may signal and look at each other; the host may signal them (the end of this test does).
    // The shell may say that it was terminated, too.
    #expect(try await inside("a", "sleep 1000 & kill $!; wait $!; echo $?").output.hasSuffix("143\n"))
    #expect(try await engine.up(stack).plan.isEmpty)
  }

  @Test(.enabled("AppArmor is not in this kernel, or apparmor_parser not installed (Tests/vm has both)") { isThere })
  func aProfileOfTheUsersOwn() async throws {
    let host = try TemporaryDirectory("armor")
    let rules =
      "profile muster-test flags=(attach_disconnected) {\n  file,\n  capability,\n  network,\n  signal,\n  deny /etc/passwd r,\n}\n"
    try host.write("profile", rules)
    try await run("/usr/sbin/apparmor_parser", "-Kr", host("profile")).expect()
    do {
      try await EngineOfOurOwn.with { engine in
        let stack = engine.stack("own", ["a": "exec sleep 1000"]) { $0.appArmor = "muster-test" }
        #expect(try await engine.up(stack).failures == [])
        let seen = try await engine.exec("own", "a", ["sh", "-c", "cat /proc/1/attr/current; cat /etc/passwd 2>&1"])
        #expect(seen.output.hasPrefix("muster-test (enforce)\n"))
        #expect(seen.output.contains("ermission denied"))
        let missing = engine.stack("none", ["a": "exec sleep 1000"]) { $0.appArmor = "nonsuch" }
        #expect(try await Self.failure(engine, missing).contains("apparmor=nonsuch: no such profile is loaded"))
      }
    } catch {
      _ = try await run("/usr/sbin/apparmor_parser", "-R", host("profile"))
      throw error
    }
    try await run("/usr/sbin/apparmor_parser", "-R", host("profile")).expect()
  }

  @Test(.enabled("this kernel has AppArmor") { !exists("/sys/module/apparmor/parameters/enabled") })
  func aKernelWithoutItRefusesByName() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("none", ["a": "exec sleep 1000"]) { $0.appArmor = "muster-default" }
      let failure = try await Self.failure(engine, stack)
      #expect(failure.contains("apparmor=muster-default: this machine's kernel has no AppArmor"))
      let plain = engine.stack("plain", ["a": "exec sleep 1000"]) { $0.appArmor = "unconfined" }
      #expect(try await engine.up(plain).failures == [])
    }
  }

  /// What a stack cannot be brought up for, thrown or told.
  private static func failure(_ engine: EngineOfOurOwn, _ stack: Stack) async throws -> String {
    do { return "\(try await engine.up(stack).failures)" } catch let error as EngineError { return error.message }
  }

  /// The rules are Docker's, whatever the machine has to write them with.
  @Test func theRulesNameWhatTheyDeny() {
    let plain = AppArmorProfile.rules(hasTunables: false, hasBase: false, own: "unconfined\n")
    #expect(plain.hasPrefix("@{PROC}=/proc/\n") && !plain.contains("#include"))
    #expect(plain.contains("signal (receive) peer=unconfined,\n  signal (send,receive) peer=muster-default,"))
    for rule in ["deny mount,", "deny network alg,", "deny @{PROC}/sysrq-trigger rwklx,", "deny /sys/firmware/** rwklx,"] {
      #expect(plain.contains("  " + rule + "\n"))
    }
    let confined = AppArmorProfile.rules(hasTunables: true, hasBase: true, own: "musterd (enforce)\n")
    #expect(confined.contains("#include <abstractions/base>") && confined.contains("signal (receive) peer=musterd,"))
    #expect(!AppArmorProfile.rules(hasTunables: true, hasBase: true, own: "a,}x (enforce)").contains("}x"))
  }
}
