import Glibc
import LinuxKit
import TestSupport
import Testing

@testable import Cgroups

/// Limits of block devices, real time and memory on the machine's own control groups.
@Suite(.serialized) struct MoreLimitsTests {
  private let driver: any CgroupDriver

  init() throws { driver = try cgroupDriver(namespace: "muster-test-\(getpid())-\(UInt32.random(in: 0 ... .max))") }

  private func withGroup(_ limits: ResourceLimits, _ body: (Group) async throws -> Void) async throws {
    let group = try #require(try driver.create("one", limits) as? Group)
    do {
      try await body(group)
    } catch {
      try? await group.remove()
      throw error
    }
    try await group.remove()
  }

  private func text(_ group: Group, _ file: String) throws -> String {
    for place in group.places where place.directory.exists(file) { return try place.directory.read(file) }
    throw CgroupError("reading", file)
  }

  /// A disk of this machine: its number as the kernel writes it.
  private func disk() throws -> DeviceNode? {
    for name in ["vda", "sda", "nvme0n1", "xvda"] where exists("/dev/" + name) { return try deviceNodes("/dev/" + name).first }
    return nil
  }

  @Test func disks() async throws {
    guard let disk = try disk() else { return }
    func entry(_ value: UInt64) -> [BlockLimits.Entry] { [.init(major: disk.major, minor: disk.minor, value: value)] }
    let limits = ResourceLimits(
      block: BlockLimits(
        weight: 250,
        limits: [.readBytes: entry(1 << 20), .writeBytes: entry(2 << 20), .readOperations: entry(100), .writeOperations: entry(200)]))
    try await withGroup(limits) { (group) async throws in
      let number = "\(disk.major):\(disk.minor)"
      if driver.version == .v2 {
        #expect(try text(group, "io.max") == "\(number) rbps=1048576 wbps=2097152 riops=100 wiops=200")
      } else {
        #expect(try text(group, "blkio.throttle.read_bps_device") == "\(number) 1048576")
        #expect(try text(group, "blkio.throttle.write_bps_device") == "\(number) 2097152")
        #expect(try text(group, "blkio.throttle.read_iops_device") == "\(number) 100")
        #expect(try text(group, "blkio.throttle.write_iops_device") == "\(number) 200")
      }
      if group.discarded(limits).isEmpty {
        let files = ["blkio.weight", "blkio.bfq.weight", "io.weight", "io.bfq.weight"]
        let weight = files.compactMap { try? text(group, $0) }.first
        #expect(weight == "250" || weight == "default 250" || weight == "default 2425", "\(weight ?? "none")")
      }
    }
  }

  @Test func memory() async throws {
    let limits = ResourceLimits(memory: 32 << 20, swappiness: 7, disablesOOMKiller: true)
    try await withGroup(limits) { (group) async throws in
      if driver.version == .v2 {
        #expect(group.discarded(limits).count == 2)
      } else {
        #expect(group.discarded(limits) == [])
        #expect(try text(group, "memory.swappiness") == "7")
        #expect(try text(group, "memory.oom_control").hasPrefix("oom_kill_disable 1"))
      }
    }
  }

  /// A new group has nothing to give, nor has the directory of all groups: both get what is asked for.
  @Test func realTime() async throws {
    let limits = ResourceLimits(realtimeRuntime: 10_000, realtimePeriod: 500_000)
    let hasIt = exists("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")
    guard driver.version != .v2 else {
      let error = #expect(throws: CgroupError.self) { try driver.create("one", limits) }
      #expect(error?.doing.contains("realtime") == true)
      return
    }
    guard hasIt else {
      let error = #expect(throws: CgroupError.self) { try driver.create("one", limits) }
      #expect(error?.hint == "this kernel has no real-time group scheduling")
      return
    }
    try await withGroup(limits) { (group) async throws in
      #expect(try text(group, "cpu.rt_runtime_us") == "10000")
      #expect(try text(group, "cpu.rt_period_us") == "500000")
      let other = try driver.create("two", limits)
      try await other.remove()
    }
  }
}
