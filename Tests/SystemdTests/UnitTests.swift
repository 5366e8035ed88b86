import Glibc
import TestSupport
import Testing

@testable import Systemd

/// This machine's own systemd.
@Suite(.enabled("systemd does not run this machine (Tests/vm has one that it does)") { Systemd.isRunning })
struct UnitTests {
  @Test func aScopeIsStartedChangedAndStopped() async throws {
    let child = try Child(["sleep", "1000"], environment: plainEnvironment(), streams: .text(""))
    let name = "muster-test-\(getpid())-\(child.pid).scope"
    try startScope(
      name,
      [
        UnitProperty("Description", .text("a test")), UnitProperty("Slice", .text("system.slice")),
        UnitProperty("PIDs", .numbers([UInt32(child.pid)])), UnitProperty("Delegate", .flag(true)),
        UnitProperty("MemoryMax", .number(64 << 20)),
      ])
    let group = "/system.slice/" + name
    #expect(try readText("/proc/\(child.pid)/cgroup").contains("0::\(group)\n"))
    #expect(try readText("/sys/fs/cgroup\(group)/memory.max") == "\(64 << 20)\n")
    var systemd = try Systemd()
    try systemd.set([UnitProperty("MemoryMax", .number(32 << 20)), UnitProperty("TasksMax", .number(9))], of: name)
    #expect(try readText("/sys/fs/cgroup\(group)/memory.max") == "\(32 << 20)\n")
    #expect(try readText("/sys/fs/cgroup\(group)/pids.max") == "9\n")
    try systemd.stop(name)
    #expect(await child.end().status == 128 + SIGTERM)
    try systemd.stop(name)
    try systemd.resetFailed(name)
  }

  @Test func whatSystemdRefusesIsTold() throws {
    let error = #expect(throws: SystemdError.self) { try startScope("no unit", []) }
    #expect(error?.name?.hasPrefix("org.freedesktop.") == true, "\(String(describing: error))")
    #expect(throws: SystemdError.self) { try startScope("muster-test-none.scope", [UnitProperty("NoSuchProperty", .flag(true))]) }
  }
}
