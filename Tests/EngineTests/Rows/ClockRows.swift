import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R21: what is timed is timed by a clock that nobody sets. Sets the machine's own, so only in a virtual machine.
@Suite(.serialized, .enabled(if: getenv("MUSTER_TEST_CLOCK") != nil, "sets the machine's clock; MUSTER_TEST_CLOCK allows it"))
struct ClockRows {
  static let hour = 3600
  static let year = 365 * 24 * 3600

  /// Healthy, in a back-off, being stopped, writing: an hour and ten years forth and back while they are at it.
  @Test func jumps() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack(
        "clock",
        [
          "probed": "exec sleep 10000", "writes": "while :; do echo x; sleep 0.1; done",
          "crashes": "cut -d ' ' -f 1 /proc/uptime; exit 1",
        ]
      ) { $0.network = .none }
      stack.services["probed"]?.options.healthcheck = Healthcheck(
        test: ["CMD-SHELL", "echo >> /probes"], interval: .seconds(1), timeout: .seconds(60), retries: 1)
      stack.services["crashes"]?.options.restart = .always
      #expect(try await engine.up(stack).failures == [])
      let first = try #require(try await engine.container("clock-probed-1").pid)
      try await expectHealthy(engine, first)
      var jumps = 0
      for seconds in [Self.hour, -2 * Self.hour, Self.hour, 10 * Self.year, -20 * Self.year, 10 * Self.year] {
        let before = try await probes(engine)
        let clock = ContinuousClock()
        let began = clock.now
        try jump(seconds)
        jumps += 1
        // The checks go on, none is missed and none made that was not due.
        let after = try await eventually {
          try await probes(engine)
        } until: {
          $0 >= before + 3
        }
        let most = Int(began.duration(to: clock.now).components.seconds) + 2
        #expect(after >= before + 3 && after - before <= most, "\(after - before) checks in \(most - 2) s after a jump by \(seconds) s")
        try await expectHealthy(engine, first)
      }
      try await expectDelays(engine)
      var times: [Int64] = []
      for try await block in try await engine.backend.logs(LogRequest(project: "clock", services: ["writes"])) {
        times += block.map(\.at)
      }
      let early = zip(times, times.dropFirst()).filter { $1 < $0 }
      #expect(!times.isEmpty && early.isEmpty, "\(early.count) of \(times.count) lines are from before the last")
      tell("R21", "\(jumps) jumps: healthy, 0 restarts, \(times.count) lines in order")
    }
  }

  /// A stop takes its grace, whatever the clock says meanwhile.
  @Test(arguments: [hour, -hour, 10 * year, -10 * year]) func aStopIsNeitherHurriedNorHeldUp(_ seconds: Int) async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("stop", ["deaf": "trap '' TERM; echo up; while :; do sleep 0.05; done"]) { $0.network = .none }
      #expect(try await engine.up(stack).failures == [])
      _ = try await eventually {
        try await engine.log("stop").count
      } until: {
        $0 == 1
      }
      let container = try #require(await engine.backend.containers.find(name: "stop-deaf-1"))
      let clock = ContinuousClock()
      let began = clock.now
      async let stopped: Void = container.stop(grace: .seconds(4))
      try await Task.sleep(for: .seconds(1))
      try jump(seconds)
      try await stopped
      let took = began.duration(to: clock.now)
      try jump(-seconds)
      #expect(took >= .seconds(4) && took < .seconds(30), "\(took)")
      #expect(await container.observed.exitCode == 137)
    }
  }

  private func jump(_ seconds: Int) throws {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    time.tv_sec += seconds
    try #require(clock_settime(CLOCK_REALTIME, &time) == 0, "clock_settime: \(errno)")
  }

  private func expectHealthy(_ engine: EngineOfOurOwn, _ pid: Int32) async throws {
    let observed = try await eventually {
      try await engine.container("clock-probed-1")
    } until: {
      $0.health == .healthy
    }
    #expect(observed.health == .healthy)
    #expect(observed.pid == pid && observed.restarts == 0)
  }

  private func probes(_ engine: EngineOfOurOwn) async throws -> Int {
    Int(try await engine.exec("clock", "probed", ["sh", "-c", "wc -l < /probes"]).output.dropLast()) ?? 0
  }

  /// Docker's delays, by the machine's time since its start: 100 ms, doubled each time; the start itself comes on top.
  private func expectDelays(_ engine: EngineOfOurOwn) async throws {
    var starts: [Double] = []
    for try await block in try await engine.backend.logs(LogRequest(project: "clock", services: ["crashes"])) {
      for line in block { starts.append(try #require(Double(line.text.dropLast()))) }
    }
    #expect(starts.count >= 5)
    for (number, (earlier, later)) in zip(starts, starts.dropFirst()).enumerated() {
      let delay = min(60, 0.1 * Double(1 << number))
      #expect(later - earlier >= delay - 0.02 && later - earlier <= delay + 10, "restart \(number + 1) after \(later - earlier) s")
    }
  }
}
