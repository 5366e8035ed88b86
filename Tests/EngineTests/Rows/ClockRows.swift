import Backend
import Foundation
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R21: the clock on the wall jumps. Only a machine of the test's own has its clock set: `MUSTER_TEST_CLOCK` says that this is one.
@Suite(
  .serialized,
  .enabled(if: getenv("MUSTER_TEST_CLOCK") != nil, "this machine's clock is not the test's to set (Tests/vm has one that is)"))
struct ClockRows {
  /// Sets the clock of the whole machine.
  private static func jump(_ seconds: Int) throws {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    now.tv_sec += seconds
    guard clock_settime(CLOCK_REALTIME, &now) == 0 else { throw SystemFailure("clock_settime") }
  }

  @Test func jumpsChangeNothing() async throws {
    let hour = 3600
    let years = 10 * 365 * 24 * hour
    var off = 0
    do {
      try await EngineOfOurOwn.with { engine in
        var stack = engine.stack(
          "clock",
          [
            "probed": "exec sleep 100000", "again": "exit 3", "talks": "while :; do echo x; sleep 0.1; done",
            "stays": "trap '' TERM; while :; do sleep 0.1; done",
          ]
        ) { $0.network = .none }
        stack.services["probed"]?.options.healthcheck = Healthcheck(
          test: ["CMD-SHELL", "echo >> /probes"], interval: .seconds(1), timeout: .seconds(30), retries: 1)
        stack.services["again"]?.options.restart = .always
        #expect(try await engine.up(stack).failures == [])
        let stays = try #require(await engine.backend.containers.find(name: "clock-stays-1"))
        var jumps = 0
        for jump in [hour, -hour, years, -years] {
          let began = ContinuousClock.now
          let probes = try await Self.probes(engine)
          let restarts = try await engine.container("clock-again-1").restarts
          let lines = try await engine.log("clock").count
          try Self.jump(jump)
          off += jump
          // A stop in the middle of it takes its time, no less, and is not for ever.
          try await stays.stop(grace: .seconds(2))
          #expect(began.duration(to: .now) >= .seconds(2), "\(jump): stopped before its time")
          #expect(await stays.observed.exitCode == 137)
          try await stays.start()
          // Checks, restarts and output go on, ...
          let later = try await eventually(within: 120) {
            try await (Self.probes(engine), engine.container("clock-again-1").restarts, engine.log("clock").count)
          } until: {
            $0.0 > probes + 1 && $0.1 > restarts && $0.2 > lines
          }
          #expect(later.0 > probes + 1 && later.1 > restarts && later.2 > lines, "\(jump): \(later)")
          // ... and no faster than the time that has really passed lets them.
          let passed = Int(began.duration(to: .now).components.seconds) + 1
          #expect(later.0 - probes <= passed + 1, "\(jump): \(later.0 - probes) checks in \(passed) seconds")
          #expect(later.1 - restarts <= passed * 10 + 1, "\(jump): \(later.1 - restarts) restarts in \(passed) seconds")
          for (service, health) in [("probed", HealthState.healthy), ("talks", nil)] as [(String, HealthState?)] {
            let observed = try await engine.container("clock-\(service)-1")
            #expect(observed.state == .running && observed.restarts == 0, "\(jump): \(service) is \(observed.state)")
            if let health { #expect(observed.health == health, "\(jump)") }
          }
          jumps += 1
        }
        var last: [String: Int64] = [:]
        for try await block in try await engine.backend.logs(LogRequest(project: "clock")) {
          for line in block {
            let stream = "\(line.container) \(line.stream)"
            #expect(line.at >= last[stream, default: 0], "\(stream) goes back in time")
            last[stream] = line.at
          }
        }
        tell("R21", "\(jumps) jumps of the clock: checks, restarts, stops and output went on, none before its time")
      }
    } catch {
      try Self.jump(-off)
      throw error
    }
    #expect(off == 0)
  }

  private static func probes(_ engine: EngineOfOurOwn) async throws -> Int {
    Int(try await engine.exec("clock", "probed", ["sh", "-c", "wc -l < /probes 2>/dev/null || echo 0"]).output.dropLast()) ?? 0
  }
}
