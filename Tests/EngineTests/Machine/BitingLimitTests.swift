import Backend
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Cgroups
@testable import Engine

/// Limits, by what becomes of those that go beyond them.
@Suite(.serialized) struct BitingLimitTests {
  private func group(_ engine: EngineOfOurOwn, _ name: String) async throws -> Group {
    let container = try #require(await engine.backend.containers.find(name: name))
    return try #require(await container.running?.cgroup as? Group)
  }

  @Test func aHogIsKilledAndSaidToHaveBeenOutOfMemory() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let stack = engine.stack("hogs", ["first": "exec tail /dev/zero", "child": "tail /dev/zero; echo went on; exit 3", "good": "exit 4"])
      {
        $0.resources.memory = 16_777_216
        $0.resources.memorySwap = 16_777_216
      }
      #expect(try await engine.up(stack).failures == [])
      for (name, code, outOfMemory) in [("hogs-first-1", Int32(137), true), ("hogs-child-1", 3, true), ("hogs-good-1", 4, false)] {
        let container = try await eventually {
          try await engine.container(name)
        } until: {
          $0.state == .exited
        }
        #expect(container.state == .exited && container.exitCode == code && container.wasOutOfMemory == outOfMemory, "\(container)")
      }
    }
  }

  @Test func aForkBombStopsAtItsLimit() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      // A shell whose fork is refused ends; the first process forks once and then no more.
      let bomb = "b() { b | b & }; (while :; do b; done) 2>/dev/null & exec sleep 600"
      let stack = engine.stack("bomb", ["a": bomb]) { $0.resources.pids = 30 }
      #expect(try await engine.up(stack).failures == [])
      let group = try await group(engine, "bomb-a-1")
      @Sendable func event() -> Int64 { group.places.compactMap { $0.directory.number("pids.events", "max") }.first ?? 0 }
      let refused = try await eventually {
        event()
      } until: {
        $0 > 0
      }
      #expect(refused > 0, "nothing was refused")
      for _ in 0..<20 {
        #expect(try #require(group.usage().pids) <= 30)
        try await Task.sleep(for: .milliseconds(20))
      }
      // It can be told to end all the same, and takes nobody with it.
      #expect(try await engine.down("bomb").failures == [])
      #expect(engine.backend.cgroups.find(group.name) == nil)
    }
  }

  /// What the kernel accounts for, so that it holds on a busy machine too.
  @Test func halfAProcessorIsHalfAProcessor() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let stack = engine.stack("half", ["a": "while :; do :; done & while :; do :; done"]) { $0.resources.nanocores = 500_000_000 }
      #expect(try await engine.up(stack).failures == [])
      let group = try await group(engine, "half-a-1")
      func now() throws -> (used: Double, throttled: Double, at: ContinuousClock.Instant) {
        let throttled = try #require(group.places.compactMap { $0.directory.number("cpu.stat", "nr_throttled") }.first)
        return (Double(try #require(group.usage().cpu)) / 1e9, Double(throttled), ContinuousClock.now)
      }
      let first = try now()
      var last = first
      // On a busy machine it may have less than its share for a while, and is not throttled then.
      repeat {
        try await Task.sleep(for: .seconds(1))
        last = try now()
      } while last.throttled < first.throttled + 10 && last.at - first.at < .seconds(60 * patience)
      let elapsed = (last.at - first.at) / .seconds(1)
      let used = last.used - first.used
      print(
        "limits: cpus 0.5 gave \(used / elapsed) of a processor in \(elapsed) s, throttled in \(last.throttled - first.throttled) periods")
      #expect(used <= 0.55 * elapsed, "more than half a processor")
      // A period (100 ms) in which it was stopped is one in which it had all of its share.
      #expect(last.throttled > first.throttled)
      #expect(used >= 0.9 * 0.05 * (last.throttled - first.throttled - 1))
    }
  }

  @Test func ulimitsAndSysctlsAreWhatProcessesHave() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let stack = engine.stack("read", ["a": "exec sleep 1000"]) {
        $0.ulimits = ["nofile": Ulimit(soft: 40, hard: 50), "core": Ulimit(soft: 0, hard: 0), "fsize": Ulimit(soft: 4096, hard: 4096)]
        $0.sysctls = ["net.ipv4.ip_unprivileged_port_start": "81", "kernel.msgmax": "4321"]
      }
      #expect(try await engine.up(stack).failures == [])
      let limits = try await engine.exec("read", "a", ["cat", "/proc/1/limits"]).output
      for (name, soft, hard) in [("Max open files", "40", "50"), ("Max core file size", "0", "0"), ("Max file size", "4096", "4096")] {
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix(name) })
        #expect(line.dropFirst(name.count).split(separator: " ").prefix(2) == [Substring(soft), Substring(hard)], "\(line)")
      }
      let written = try await engine.exec(
        "read", "a", ["sh", "-c", "trap '' XFSZ; dd if=/dev/zero of=/tmp/f bs=4096 count=2 2>/dev/null; wc -c </tmp/f"])
      #expect(written.output.hasSuffix("4096\n"), "\(written)")
      let files = ["/proc/sys/net/ipv4/ip_unprivileged_port_start", "/proc/sys/kernel/msgmax"]
      #expect(try await engine.exec("read", "a", ["cat"] + files).output == "81\n4321\n")
    }
  }
}
