import Glibc
import LinuxKit
import TestSupport
import Testing

@testable import Cgroups

/// The machine's own control groups.
@Suite(.serialized) struct KernelTests {
  private let driver: any CgroupDriver
  private let namespace: String

  init() throws {
    namespace = "muster-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    driver = try cgroupDriver(namespace: namespace)
  }

  /// Runs with a group and takes it away, whatever happens; then nothing may be left.
  private func withGroup(_ limits: ResourceLimits = ResourceLimits(), _ body: (any Cgroup) async throws -> Void) async throws {
    let group = try driver.create("one", limits)
    do {
      try await body(group)
    } catch {
      try? group.kill()
      try? await group.remove()
      throw error
    }
    try group.kill()
    try await group.remove()
    #expect(try driver.names() == [])
    #expect(driver.find("one") == nil)
  }

  /// A shell in the group that runs a script once it has joined.
  private func start(_ script: String, in group: any Cgroup) throws -> Child {
    let places = try #require(group as? Group).places.map { $0.directory.path + "/cgroup.procs" }
    let joining = places.map { "echo $$ > '\($0)' && " }.joined()
    return try Child(["sh", "-c", joining + "echo joined; " + script], environment: plainEnvironment(), streams: .text(""))
  }

  private func text(_ group: any Cgroup, _ file: String) throws -> String {
    for place in try #require(group as? Group).places where place.directory.exists(file) { return try place.directory.read(file) }
    throw CgroupError("reading", file)
  }

  /// A process of one thread joins by writing 0 to what `openProcs` gives; of version 2 `openForClone` gives the directory to begin in.
  @Test func aProcessJoinsItself() async throws {
    try await withGroup { group in
      let descriptors = try group.openProcs()
      let joins = descriptors.map { "echo 0 > /proc/\(getpid())/fd/\($0.number) && " }.joined()
      let child = try Child(["sh", "-c", joins + "echo joined; exec sleep 100"], environment: plainEnvironment(), streams: .text(""))
      try await child.shows("joined")
      for place in try #require(group as? Group).places {
        #expect(try place.directory.processes() == [child.pid], "\(place.directory.path)")
      }
      let kinds = try group.openForClone().map { try $0.descriptor.status().kind }
      #expect(kinds.filter { $0 == .directory }.count == (driver.hasUnified ? 1 : 0))
      try group.kill()
      #expect(await child.end().status == 128 + SIGKILL)
      withExtendedLifetime(descriptors) {}
    }
  }

  @Test func membersAreSeenAndKilled() async throws {
    try await withGroup { group in
      #expect(group.procsCount == driver.hierarchies.count + (driver.hasUnified ? 1 : 0))
      #expect(try group.openProcs().count == group.procsCount)
      let child = try start("sleep 100 & sleep 100", in: group)
      try await child.shows("joined")
      let found = try #require(driver.find("one"))
      #expect(try found.processes().contains(child.pid))
      #expect(try driver.names() == ["one"])
      #expect(throws: CgroupError.self) { try driver.create("one", ResourceLimits()) }
      try found.kill()
      #expect(await child.end().status == 128 + SIGKILL)
    }
  }

  /// An engine that is started again from elsewhere has another group of its own, below which there is nothing.
  @Test func groupsOfAnEngineThatWasElsewhere() async throws {
    var layout = try CgroupLayout.ofThisMachine()
    guard layout.version != .v2 else { return }
    let other = try #require(layout.hierarchies.firstIndex { $0.controllers == ["memory"] })
    layout.hierarchies[other].own += "/elsewhere"
    try await withGroup { group in
      let child = try start("sleep 100", in: group)
      try await child.shows("joined")
      let found = try #require(GroupDriver(layout: layout, namespace: namespace).find("one") as? Group)
      #expect(found.places.map(\.directory) == (group as? Group)?.places.map(\.directory))
      try found.kill()
      #expect(await child.end().status == 128 + SIGKILL)
    }
  }

  @Test func limitsReachTheKernel() async throws {
    let limits = ResourceLimits(
      memory: 64 << 20, memoryReservation: 32 << 20, cpuQuota: 50_000, cpuPeriod: 100_000, cpuShares: 512, cpus: "0", pids: 20)
    try await withGroup(limits) { group in
      #expect(try text(group, "pids.max") == "20")
      #expect(try text(group, "cpuset.cpus") == "0")
      if driver.version == .v2 {
        #expect(try text(group, "memory.max") == "\(64 << 20)")
        #expect(try text(group, "memory.low") == "\(32 << 20)")
        #expect(try text(group, "cpu.max") == "50000 100000")
        #expect(try text(group, "cpu.weight") == "20")
      } else {
        #expect(try text(group, "memory.limit_in_bytes") == "\(64 << 20)")
        #expect(try text(group, "memory.soft_limit_in_bytes") == "\(32 << 20)")
        #expect(try text(group, "cpu.cfs_quota_us") == "50000")
        #expect(try text(group, "cpu.shares") == "512")
      }
      // Up and down again.
      try group.apply(ResourceLimits(memory: 128 << 20, memoryAndSwap: 256 << 20, pids: 30))
      try group.apply(ResourceLimits(memory: 32 << 20, memoryAndSwap: 64 << 20))
      #expect(try text(group, driver.version == .v2 ? "memory.max" : "memory.limit_in_bytes") == "\(32 << 20)")
      #expect(try text(group, "pids.max") == "30")
    }
  }

  @Test func refusedLimitsLeaveNothingBehind() throws {
    let error = #expect(throws: CgroupError.self) { try driver.create("one", ResourceLimits(cpus: "4000")) }
    #expect(error?.path.hasSuffix("/\(namespace)/one/cpuset.cpus") == true)
    #expect(error?.value == "4000")
    #expect(driver.find("one") == nil)
    for hierarchy in try CgroupLayout.ofThisMachine().hierarchies { #expect(!exists(hierarchy.own + "/" + namespace)) }
  }

  @Test func numberOfProcesses() async throws {
    try await withGroup(ResourceLimits(pids: 3)) { group in
      let child = try start("for i in 1 2 3 4 5 6; do sleep 100 & done; wait", in: group)
      let outcome = await child.end()
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("Cannot fork") || outcome.errors.contains("Resource temporarily unavailable"))
    }
  }

  @Test func memoryThatRunsOut() async throws {
    try await withGroup(ResourceLimits(memory: 16 << 20, memoryAndSwap: 16 << 20)) { group in
      #expect(group.oomKills == 0)
      let child = try start("exec tail /dev/zero", in: group)
      #expect(await child.end().status == 128 + SIGKILL)
      #expect(group.oomKills == 1)
    }
  }

  @Test func usageIsCounted() async throws {
    try await withGroup { group in
      let child = try start("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done; sleep 100", in: group)
      try await child.shows("done")
      let usage = group.usage()
      #expect(try #require(usage.cpu) > 0)
      #expect(try #require(usage.memory) > 0)
      #expect(try #require(usage.pids) >= 1)
    }
  }

  @Test func frozenProcessesStandStill() async throws {
    try await withGroup { group in
      let child = try start("while :; do echo x; sleep 0.01; done", in: group)
      try await child.shows("x")
      try group.freeze()
      try group.thaw()
      try group.freeze()
      // A frozen group is killed all the same.
      try group.kill()
      if driver.version != .v2 { try group.thaw() }
      #expect(await child.end().status == 128 + SIGKILL)
    }
  }

  @Test func nestedGroupsGoToo() async throws {
    try await withGroup { group in
      for place in try #require(group as? Group).places { try place.directory.inner("a").make() }
      for place in try #require(group as? Group).places { try place.directory.inner("a").inner("b").make() }
    }
  }

  @Test func leftOverGroupsAreReplaced() async throws {
    _ = try driver.create("one", ResourceLimits(pids: 5))
    try await withGroup { group in
      let maximum = try text(group, "pids.max")
      #expect(maximum == "max")
    }
  }

  @Test func devices() async throws {
    let rules = [
      DeviceRule(allows: false, kind: .any), DeviceRule(allows: true, kind: .character, access: .make),
      DeviceRule(allows: true, kind: .character, major: 1, minor: 3),
      DeviceRule(allows: true, kind: .character, major: 1, minor: 5, access: .read),
    ]
    try await withGroup(ResourceLimits(devices: rules)) { group in try await expectDevices(group) }
  }

  /// The eBPF program also where version 1 holds the controllers: the version 2 hierarchy beside them runs it.
  @Test func deviceProgram() async throws {
    guard driver.version == .hybrid else { return }
    try await withGroup { group in
      let place = try #require((group as? Group)?.places.first { $0.hierarchy.isUnified })
      let everything = [DeviceRule(allows: true, kind: .any)]
      try UnifiedDevices().apply(ResourceLimits(devices: everything), to: place.directory)
      let rules =
        everything + [
          DeviceRule(allows: false, kind: .any), DeviceRule(allows: true, kind: .character, access: .make),
          DeviceRule(allows: true, kind: .character, major: 1, minor: 3),
          DeviceRule(allows: true, kind: .character, major: 1, minor: 5, access: .read),
        ]
      // Instead of the first, not beside it.
      try UnifiedDevices().apply(ResourceLimits(devices: rules), to: place.directory)
      try await expectDevices(group)
      try UnifiedDevices().apply(ResourceLimits(devices: everything), to: place.directory)
      let child = try start("head -c1 /dev/urandom >/dev/zero", in: group)
      #expect(await child.end().status == 0)
    }
  }

  private func expectDevices(_ group: any Cgroup) async throws {
    let directory = try TemporaryDirectory("cgroups-nodes")
    let script = """
      exec 2>/dev/null
      (: > /dev/null) && echo null
      (head -c1 /dev/zero > /dev/null) && echo zero
      (: > /dev/zero) || echo not-written
      (head -c1 /dev/urandom > /dev/null) || echo no-urandom
      mknod \(directory("c")) c 1 9 && echo made
      mknod \(directory("b")) b 7 0 || echo no-block
      """
    let outcome = await (try start(script, in: group)).end()
    #expect(outcome.lines == ["joined", "null", "zero", "not-written", "no-urandom", "made", "no-block"])
  }
}
