import Backend
import Cgroups
import ContainerSetup
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R22: checks of health that behave badly.
@Suite(.serialized) struct HealthRows {
  /// A check that is too slow goes with all that it started, whatever that made of itself.
  @Test func aCheckThatHangsIsKilledWithItsTree() async throws {
    let wanted = Size.of(3, full: 100)
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("hang", ["a": "exec sleep 1000"]) {
        $0.network = .none
        $0.usesInit = true
        $0.healthcheck = Healthcheck(
          test: ["CMD-SHELL", "echo >> /probes; sleep 2000 & setsid sleep 2000 & (setsid sleep 2000 &); exec sleep 2000"],
          interval: .milliseconds(100), timeout: .milliseconds(400), retries: 2)
      }
      #expect(try await engine.up(stack).failures == [])
      let container = try #require(await engine.backend.containers.find(name: "hang-a-1"))
      let probes = try await eventually(within: 300) {
        Int(try await engine.exec("hang", "a", ["sh", "-c", "wc -l < /probes 2>/dev/null || echo 0"]).output.dropLast()) ?? 0
      } until: {
        $0 >= wanted
      }
      #expect(probes >= wanted)
      #expect(await container.observed.health == .unhealthy)
      await container.running?.probe?.cancel()
      // The reaper and the command are left, once the last check is over.
      let left = try await eventually {
        try await container.running?.cgroup?.processes().count ?? 0
      } until: {
        $0 == 2
      }
      #expect(left == 2)
      tell("R22", "\(probes) checks that hung and forked three ways: \(left - 2) processes left")
    }
  }

  @Test func exitCodesOfChecks() async throws {
    try await EngineOfOurOwn.with { engine in
      let codes = Size.isFull ? Array(0...255) : [0, 1, 2, 3, 125, 126, 127, 128, 137, 255]
      var right = 0
      for part in stride(from: 0, to: codes.count, by: 16).map({ Array(codes[$0..<min($0 + 16, codes.count)]) }) {
        var services: [ServiceName: String] = [:]
        for code in part { services[ServiceName("c\(code)")] = "exec sleep 1000" }
        var stack = engine.stack("codes", services) { $0.network = .none }
        for code in part {
          stack.services[ServiceName("c\(code)")]?.options.healthcheck = Healthcheck(
            test: ["CMD", "sh", "-c", "exit \(code)"], interval: .milliseconds(100), timeout: .seconds(10), retries: 1)
        }
        #expect(try await engine.up(stack).failures == [])
        for code in part {
          let wanted: HealthState = code == 0 ? .healthy : .unhealthy
          let health = try await eventually {
            try await engine.container("codes-c\(code)-1").health
          } until: {
            $0 == wanted
          }
          #expect(health == wanted, "exit \(code)")
          if health == wanted { right += 1 }
        }
        try await engine.down("codes")
      }
      tell("R22", "exit codes of checks: \(right) of \(codes.count) as the table says")
    }
  }

  /// Much output is taken off its hands, and leaves a daemon behind that holds its streams.
  @Test func aCheckThatWritesMuchAndLeavesADaemonIsHealthy() async throws {
    let megabytes = Size.of(32, full: 1024)
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("much", ["a": "exec sleep 1000"]) {
        $0.network = .none
        $0.healthcheck = Healthcheck(
          test: ["CMD-SHELL", "dd if=/dev/zero bs=1M count=\(megabytes) 2>/dev/null; (setsid sleep 1000 &); exit 0"],
          interval: .seconds(30),
          timeout: .seconds(60), retries: 1)
      }
      #expect(try await engine.up(stack).failures == [])
      let health = try await eventually(within: 100) {
        try await engine.container("much-a-1").health
      } until: {
        $0 == .healthy
      }
      #expect(health == .healthy)
      tell("R22", "a check of \(megabytes) MiB of output and a daemon: \(health.map { "\($0)" } ?? "none")")
    }
  }
}
