import Backend
import ContainerSetup
import Reconciler
import LinuxKit
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Cgroups
@testable import Engine

/// Limits, read back from the kernel.
@Suite(.serialized) struct LimitTests {
  /// A file of a container's control group.
  private func limit(_ engine: EngineOfOurOwn, _ name: String, _ file: String) async throws -> String {
    let container = try #require(await engine.backend.containers.find(name: name))
    let group = try #require(await container.running?.cgroup as? Group)
    for place in group.places where place.directory.exists(file) { return try place.directory.read(file) }
    throw CgroupError("reading", file)
  }

  @Test func quotaSwappinessAndDisks() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let disk = ["/dev/vda", "/dev/sda"].first(where: exists)
      let stack = engine.stack("limits", ["a": "exec sleep 1000"]) {
        $0.resources.cpuQuota = 33_333
        $0.resources.cpuPeriod = 70_000
        $0.resources.reservedNanocores = 500_000_000
        $0.resources.swappiness = 5
        $0.resources.disablesOOMKiller = true
        $0.resources.memory = 67_108_864
        if let disk {
          $0.resources.blockIO = BlockIO()
          $0.resources.blockIO?.readBytes = [BlockIO.Limit(path: disk, rate: 1_048_576)]
        }
      }
      #expect(try await engine.up(stack).failures == [])
      if engine.backend.cgroups.version == .v2 {
        #expect(try await limit(engine, "limits-a-1", "cpu.max") == "33333 70000")
        #expect(try await limit(engine, "limits-a-1", "cpu.weight") == "20")
        if disk != nil { #expect(try await limit(engine, "limits-a-1", "io.max").contains("rbps=1048576")) }
      } else {
        #expect(try await limit(engine, "limits-a-1", "cpu.cfs_quota_us") == "33333")
        #expect(try await limit(engine, "limits-a-1", "cpu.cfs_period_us") == "70000")
        #expect(try await limit(engine, "limits-a-1", "cpu.shares") == "512")
        #expect(try await limit(engine, "limits-a-1", "memory.swappiness") == "5")
        #expect(try await limit(engine, "limits-a-1", "memory.oom_control").hasPrefix("oom_kill_disable 1"))
        if disk != nil { #expect(try await limit(engine, "limits-a-1", "blkio.throttle.read_bps_device").hasSuffix(" 1048576")) }
      }
      #expect(try await engine.up(stack).plan.isEmpty)
    }
  }

  /// More than this engine may give is told, and it goes on with what it may.
  @Test func whatTheEngineCannotGive() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let host = engine.backend.host
      let most = host.hardLimit(7)
      guard !host.capabilities.names.contains("CAP_SYS_RESOURCE"), most < 1 << 40 else { return }
      let stack = engine.stack("reach", ["a": "ulimit -Hn; exec sleep 1000"]) {
        $0.ulimits = ["nofile": Ulimit(soft: Int64(most) + 1, hard: Int64(most) + 1)]
        $0.oomScoreAdjust = host.oomScore - 1
      }
      let told = Told()
      let report = try await engine.backend.carryOut(StackRequest(project: "reach", stack: stack, operation: .up(UpOptions()))) {
        if case .warning(let text) = $0.kind { told.add(text) }
      }
      #expect(report.failures == [])
      #expect(told.texts.filter { $0.contains("CAP_SYS_RESOURCE") }.count == 2)
      #expect(try await engine.exec("reach", "a", ["sh", "-c", "ulimit -Hn"]).output == "\(most)\n")
    }
  }

  private final class Told: Sendable {
    private let heard = Mutex<[String]>([])
    var texts: [String] { heard.withLock { $0 } }
    func add(_ text: String) { heard.withLock { $0.append(text) } }
  }
}
