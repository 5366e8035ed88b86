import Glibc
import LinuxKit
import TestSupport
import Testing

@testable import Cgroups

/// The driver as on a machine of version 2, on this machine's version 2 hierarchy, whichever controllers it has.
@Suite struct UnifiedTests {
  private let driver: GroupDriver

  init() throws {
    let mounts = try GroupDirectory.text("/proc/self/mountinfo").split(separator: "\n").filter { $0.contains(" - cgroup2 ") }
    let layout = try CgroupLayout(mountinfo: mounts.joined(separator: "\n"), membership: try GroupDirectory.text("/proc/self/cgroup"))
    driver = GroupDriver(layout: layout, namespace: "muster-test-v2-\(getpid())-\(UInt32.random(in: 0 ... .max))")
  }

  @Test func lifeOfAGroup() async throws {
    #expect(driver.version == .v2)
    #expect(driver.hierarchies == [])
    #expect(driver.hasUnified)
    let group = try driver.create("one", ResourceLimits(devices: [DeviceRule(allows: false, kind: .any)]))
    let procs = try #require(group as? Group).places[0].directory.path + "/cgroup.procs"
    let child = try Child(
      ["sh", "-c", "exec 3</dev/null; echo $$ > \(procs); (: < /dev/null) || echo denied; while :; do sleep 100; done"],
      environment: plainEnvironment())
    try await child.shows("denied")
    #expect(try driver.find("one")?.processes().contains(child.pid) == true)
    try group.freeze()
    #expect(try #require(group as? Group).places[0].directory.read("cgroup.freeze") == "1")
    try group.kill()
    #expect(await child.end().status == 128 + SIGKILL)
    try await group.remove()
    #expect(driver.find("one") == nil)
    #expect(try driver.names() == [])
  }

  /// A limit whose controller is not there is refused by the name of its file, and nothing stays.
  @Test func missingControllers() throws {
    let controllers = try GroupDirectory(path: driver.layout.hierarchies[0].mountPoint).read("cgroup.controllers")
    guard !controllers.contains("pids") else { return }
    let error = #expect(throws: CgroupError.self) { try driver.create("one", ResourceLimits(pids: 5)) }
    #expect(error?.path.hasSuffix("/one/pids.max") == true)
    #expect(driver.find("one") == nil)
    #expect(!exists(driver.layout.hierarchies[0].own + "/" + driver.namespace))
  }
}
