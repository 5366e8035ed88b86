import LinuxKit
import TestSupport
import Testing

@testable import Cgroups

/// Block devices, in a directory that looks like the kernel's.
@Suite struct BlockTests {
  private let limits = ResourceLimits(
    block: BlockLimits(
      weight: 300, deviceWeights: [.init(major: 8, minor: 0, value: 500)],
      limits: [
        .readBytes: [.init(major: 8, minor: 0, value: 1_048_576)], .writeBytes: [.init(major: 8, minor: 16, value: 2)],
        .readOperations: [.init(major: 8, minor: 0, value: 3)], .writeOperations: [.init(major: 8, minor: 0, value: 4)],
      ]))

  private func discarded(_ controller: any Controller, _ files: [String]) throws -> [String] {
    let directory = try TemporaryDirectory("cgroups")
    for file in files { try directory.write(file, "") }
    return controller.discarded(limits, in: GroupDirectory(path: directory.path))
  }

  private let throttles = [
    "blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device", "blkio.throttle.read_iops_device",
    "blkio.throttle.write_iops_device",
  ]

  @Test func legacy() throws {
    #expect(
      try written(LegacyBlock(), throttles + ["blkio.bfq.weight", "blkio.bfq.weight_device"], limits) == [
        "blkio.throttle.read_bps_device": "8:0 1048576", "blkio.throttle.write_bps_device": "8:16 2",
        "blkio.throttle.read_iops_device": "8:0 3", "blkio.throttle.write_iops_device": "8:0 4", "blkio.bfq.weight": "300",
        "blkio.bfq.weight_device": "8:0 500",
      ])
    #expect(try written(LegacyBlock(), throttles + ["blkio.weight", "blkio.weight_device"], limits)["blkio.weight"] == "300")
    // Weights are wishes, limits are not.
    #expect(try written(LegacyBlock(), throttles, limits).count == 4)
    #expect(try discarded(LegacyBlock(), throttles) == ["the weight of block devices", "the weights of single block devices"])
    #expect(throws: CgroupError.self) { try written(LegacyBlock(), ["blkio.weight", "blkio.weight_device"], limits) }
  }

  @Test func unified() throws {
    let weights = try written(UnifiedBlock(), ["io.max", "io.weight"], limits)
    // The last write to each file.
    #expect(weights == ["io.max": "8:0 wiops=4", "io.weight": "8:0 4950"])
    #expect(try written(UnifiedBlock(), ["io.max", "io.bfq.weight"], limits)["io.bfq.weight"] == "8:0 500")
    #expect(try discarded(UnifiedBlock(), ["io.max"]) == ["the weight of block devices"])
    #expect(throws: CgroupError.self) { try written(UnifiedBlock(), ["io.weight"], limits) }
  }

  @Test func memoryOfVersionOneAlone() throws {
    let directory = try TemporaryDirectory("cgroups")
    for file in ["memory.swappiness", "memory.oom_control"] { try directory.write(file, "") }
    let limits = ResourceLimits(swappiness: 10, disablesOOMKiller: true)
    let group = GroupDirectory(path: directory.path)
    try LegacyMemory().apply(limits, to: group)
    #expect(try readText(directory("memory.swappiness")) == "10")
    #expect(try readText(directory("memory.oom_control")) == "1")
    #expect(LegacyMemory().discarded(limits, in: group) == [])
    try UnifiedMemory().apply(limits, to: group)
    #expect(
      UnifiedMemory().discarded(limits, in: group) == ["mem_swappiness (cgroup v2 has none)", "oom_kill_disable (cgroup v2 has none)"])
  }

  @Test func realTime() throws {
    let directory = try TemporaryDirectory("cgroups")
    try directory.write("one/cpu.rt_period_us", "1000000")
    try directory.write("one/cpu.rt_runtime_us", "0")
    let group = GroupDirectory(path: directory("one"))
    try LegacyRealtime().apply(ResourceLimits(realtimeRuntime: 20_000, realtimePeriod: 500_000), to: group)
    #expect(try readText(directory("one/cpu.rt_period_us")) == "500000")
    #expect(try readText(directory("one/cpu.rt_runtime_us")) == "20000")
    let error = #expect(throws: CgroupError.self) {
      try LegacyRealtime().apply(ResourceLimits(realtimeRuntime: 1), to: GroupDirectory(path: directory.path))
    }
    #expect(error?.hint == "this kernel has no real-time group scheduling")
    try LegacyRealtime().apply(ResourceLimits(pids: 1), to: GroupDirectory(path: directory.path))
  }
}
