import LinuxKit
import TestSupport
import Testing

@testable import Cgroups

/// Each controller writes into a directory that looks like the kernel's.
@Suite struct ControllerTests {
  @Test func pids() throws {
    #expect(try written(Pids(), ["pids.max"], ResourceLimits(pids: 7)) == ["pids.max": "7"])
    #expect(try written(Pids(), ["pids.max"], ResourceLimits(pids: 0)) == ["pids.max": "max"])
    #expect(try written(Pids(), ["pids.max"], ResourceLimits(memory: 7)) == [:])
  }

  @Test func legacyMemory() throws {
    let files = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.soft_limit_in_bytes"]
    #expect(
      try written(LegacyMemory(), files, ResourceLimits(memory: 100, memoryReservation: 50, memoryAndSwap: 300)) == [
        "memory.limit_in_bytes": "100", "memory.memsw.limit_in_bytes": "300", "memory.soft_limit_in_bytes": "50",
      ])
    // A kernel that does not account for swap: the default is let go, a wish is not.
    #expect(
      try written(LegacyMemory(), ["memory.limit_in_bytes"], ResourceLimits(memory: 100, memoryAndSwap: 200)) == [
        "memory.limit_in_bytes": "100"
      ])
    let error = #expect(throws: CgroupError.self) {
      try written(LegacyMemory(), ["memory.limit_in_bytes"], ResourceLimits(memory: 100, memoryAndSwap: 150))
    }
    #expect(error?.path.hasSuffix("/memory.memsw.limit_in_bytes") == true)
    #expect(error?.value == "150")
    // Twice so much is more than a number holds.
    #expect(throws: CgroupError.self) {
      try written(LegacyMemory(), ["memory.limit_in_bytes"], ResourceLimits(memory: 1 << 62, memoryAndSwap: .max))
    }
  }

  @Test func unifiedMemory() throws {
    let files = ["memory.max", "memory.swap.max", "memory.low"]
    #expect(
      try written(UnifiedMemory(), files, ResourceLimits(memory: 100, memoryReservation: 50, memoryAndSwap: 300)) == [
        "memory.max": "100", "memory.swap.max": "200", "memory.low": "50",
      ])
    #expect(try written(UnifiedMemory(), files, ResourceLimits(memory: 100, memoryAndSwap: -1))["memory.swap.max"] == "max")
    // An OCI runtime's bundle may have no limit of memory and one of both.
    let swap = try written(UnifiedMemory(), files, ResourceLimits(memory: -1, memoryAndSwap: .max))["memory.swap.max"]
    #expect(swap == String(Int64.max))
  }

  @Test func processors() throws {
    let limits = ResourceLimits(cpuQuota: 150_000, cpuPeriod: 100_000, cpuShares: 1024)
    #expect(
      try written(LegacyProcessors(), ["cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us"], limits) == [
        "cpu.shares": "1024", "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "150000",
      ])
    #expect(try written(UnifiedProcessors(), ["cpu.weight", "cpu.max"], limits) == ["cpu.weight": "39", "cpu.max": "150000 100000"])
    #expect(try written(UnifiedProcessors(), ["cpu.weight", "cpu.max"], ResourceLimits(cpuPeriod: 50_000)) == ["cpu.max": "max 50000"])
  }

  @Test(arguments: [(2, 1), (262_144, 10_000), (1024, 39), (0, 1), (.max, 10_000)] as [(UInt64, UInt64)])
  func weights(shares: UInt64, weight: UInt64) {
    #expect(cpuWeight(shares: shares) == weight)
  }

  @Test func processorSets() throws {
    let directory = try TemporaryDirectory("cgroups")
    try directory.write("cpuset.cpus", "0-3\n")
    try directory.write("cpuset.mems", "0\n")
    try directory.write("new/cpuset.cpus", "\n")
    try directory.write("new/cpuset.mems", "1\n")
    try directory.write("new/cgroup.clone_children", "0\n")
    let group = GroupDirectory(path: directory("new"))
    try LegacyProcessorSet().prepare(group, in: GroupDirectory(path: directory.path))
    #expect(try readText(directory("new/cpuset.cpus")) == "0-3")
    #expect(try readText(directory("new/cpuset.mems")) == "1\n")
    #expect(try readText(directory("new/cgroup.clone_children")) == "1")
    try LegacyProcessorSet().apply(ResourceLimits(cpus: "2"), to: group)
    #expect(try readText(directory("new/cpuset.cpus")) == "2")
  }

  @Test func subtreesGetWhatIsThere() throws {
    let directory = try TemporaryDirectory("cgroups")
    try directory.write("cgroup.controllers", "cpuset memory rdma\n")
    try directory.write("cgroup.subtree_control", "cpuset\n")
    try Subtree().prepare(GroupDirectory(path: directory("new")), in: GroupDirectory(path: directory.path))
    #expect(try readText(directory("cgroup.subtree_control")) == "+memory")
  }

  @Test func legacyDevices() throws {
    let rules = [DeviceRule(allows: false, kind: .any)]
    #expect(try written(LegacyDevices(), ["devices.deny", "devices.allow"], ResourceLimits(devices: rules)) == ["devices.deny": "a"])
    let allowing = rules + [DeviceRule(allows: true, kind: .character, major: 136, access: [.read, .make])]
    #expect(
      try written(LegacyDevices(), ["devices.deny", "devices.allow"], ResourceLimits(devices: allowing)) == [
        "devices.deny": "a", "devices.allow": "c 136:* rm",
      ])
  }

  @Test func errorsNameFileAndValue() throws {
    let directory = try TemporaryDirectory("cgroups")
    let error = #expect(throws: CgroupError.self) { try Pids().apply(ResourceLimits(pids: 7), to: GroupDirectory(path: directory.path)) }
    #expect(
      error?.description
        == "control group: writing \"7\" to \(directory("pids.max")): No such file or directory; the kernel does not have this limit, or its controller is not enabled"
    )
  }
}
