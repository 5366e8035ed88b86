import Backend
import Cgroups
import ContainerSetup
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R12: what stopping does to whom.
@Suite(.serialized) struct StopRows {
  struct Case: Sendable {
    var name: ServiceName
    var script: String
    var signal: String?
    var usesInit = false
    /// nil: the container's own, one second.
    var grace: Duration?
    var code: Int32
  }

  private static func trap(_ signal: String, _ code: Int) -> String {
    "trap 'exit \(code)' \(signal); echo up; while :; do sleep 0.05; done"
  }
  private static let deaf = "trap '' TERM; echo up; while :; do sleep 0.05; done"

  static let cases: [Case] = [
    Case(name: "handles", script: trap("TERM", 5), code: 5),
    Case(name: "handles-init", script: trap("TERM", 5), usesInit: true, code: 5),
    Case(name: "ends-well", script: trap("TERM", 0), code: 0),
    // The kernel shields a first process from signals that it does not handle.
    Case(name: "shielded", script: "echo up; exec sleep 1000", code: 137),
    Case(name: "dies-init", script: "echo up; exec sleep 1000", usesInit: true, code: 143),
    Case(name: "deaf", script: deaf, code: 137),
    Case(name: "deaf-init", script: deaf, usesInit: true, code: 137),
    Case(name: "forks", script: "sleep 1000 & sleep 1000 & " + deaf, code: 137),
    Case(name: "forks-away", script: "setsid sleep 1000 & " + trap("TERM", 6), code: 6),
    Case(name: "usr1", script: trap("USR1", 7), signal: "SIGUSR1", code: 7),
    Case(name: "number", script: trap("USR2", 8), signal: "12", code: 8),
    Case(name: "realtime", script: trap("37", 9), signal: "RTMIN+3", code: 9),
    Case(name: "int-init", script: trap("INT", 10), signal: "INT", usesInit: true, code: 10),
    Case(name: "quit-dies", script: "echo up; exec sleep 1000", signal: "QUIT", usesInit: true, code: 131),
    Case(name: "kill-signal", script: trap("TERM", 11), signal: "KILL", code: 137),
    Case(name: "at-once", script: trap("TERM", 12), grace: .zero, code: 137),
    Case(name: "at-once-init", script: trap("TERM", 12), usesInit: true, grace: .zero, code: 137),
    // Longer than the container's own second.
    Case(name: "in-its-time", script: "trap 'sleep 2; exit 13' TERM; echo up; while :; do sleep 0.05; done", grace: .seconds(20), code: 13),
    Case(name: "too-slow", script: "trap 'sleep 20; exit 14' TERM; echo up; while :; do sleep 0.05; done", code: 137),
    Case(
      name: "however-long", script: "trap 'sleep 3; exit 15' TERM; echo up; while :; do sleep 0.05; done", grace: .seconds(-1), code: 15),
    Case(name: "for-ever", script: trap("TERM", 17), grace: .seconds(Int64.max), code: 17),
    Case(name: "paused", script: trap("TERM", 16) + " # paused", code: 137),
  ]

  @Test func exitCodes() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("stop", [:])
      for one in Self.cases {
        var service = Service(name: one.name, image: "tiny")
        service.options.command = ["sh", "-c", one.script]
        service.options.network = .none
        service.options.stopGracePeriod = .seconds(1)
        service.options.stopSignal = one.signal
        service.options.usesInit = one.usesInit
        stack.services[one.name] = service
      }
      #expect(try await engine.up(stack).failures == [])
      #expect(
        try await eventually {
          try await engine.log("stop").count
        } until: {
          $0 == Self.cases.count
        } == Self.cases.count)
      let paused = try #require(await engine.backend.containers.find(name: "stop-paused-1"))
      try await paused.running?.cgroup?.freeze()
      let right = try await withThrowingTaskGroup(of: Bool.self) { group in
        for one in Self.cases {
          group.addTask {
            let container = try #require(await engine.backend.containers.find(name: "stop-\(one.name)-1"))
            try await container.stop(grace: one.grace)
            let observed = await container.observed
            #expect(observed.exitCode == one.code, "\(one.name)")
            #expect(observed.state == .exited && observed.pid == nil, "\(one.name)")
            return observed.exitCode == one.code && observed.state == .exited
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      tell("R12", "exit codes of stopped containers: \(right) of \(Self.cases.count) as the table says")
    }
  }

  /// Stopped while something is going on: a start, a command inside, a check of health.
  @Test func inTheMiddle() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("middle", ["exec": "echo up; exec sleep 1000", "health": "echo up; exec sleep 1000"]) {
        $0.network = .none
        $0.usesInit = true
      }
      stack.services["health"]?.options.healthcheck = Healthcheck(
        test: ["CMD", "sleep", "1000"], interval: .seconds(1), timeout: .seconds(1000))
      #expect(try await engine.up(stack).failures == [])
      let exec = Task { try await engine.exec("middle", "exec", ["sleep", "1000"]).code }
      for name in ["middle-exec-1", "middle-health-1"] {
        let container = try #require(await engine.backend.containers.find(name: name))
        let count = try await eventually {
          (try? await container.running?.cgroup?.processes().count) ?? 0
        } until: {
          $0 == 3
        }
        #expect(count == 3)
        try await container.stop(grace: nil)
        #expect(await container.observed.exitCode == 143)
      }
      #expect(try await exec.value == 137)

      var rounds = 0
      let container = try #require(await engine.backend.containers.find(name: "middle-exec-1"))
      for _ in 0..<Size.of(10, full: 200) {
        async let started: Void = container.start()
        try await container.stop(grace: .zero)
        _ = try? await started
        try await container.stop(grace: .zero)
        let observed = await container.observed
        #expect(observed.state == .exited && observed.pid == nil)
        rounds += 1
      }
      tell("R12", "stopped in the middle of exec, health check; \(rounds) times of a start: ended each time")
    }
  }
}
