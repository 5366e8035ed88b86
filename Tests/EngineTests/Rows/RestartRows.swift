import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R10, R11: restart policies, also over the end of an engine.
@Suite(.serialized) struct RestartRows {
  /// How a container comes to its end.
  enum End: String, CaseIterable { case success, failure, killed, stopped }

  static let policies: [(String, RestartPolicy)] = [
    ("no", .no), ("always", .always), ("unless", .unlessStopped), ("failure", .onFailure(maximum: nil)), ("twice", .onFailure(maximum: 2)),
  ]

  /// Docker's table, but for one thing: what a person has stopped stays so over an engine's restart, `always` too. Muster's engine comes and
  /// goes without anybody's doing, which must not bring a container back.
  private func isBack(_ policy: RestartPolicy, after end: End) -> Bool {
    switch (policy, end) {
    case (.no, _), (_, .stopped), (.onFailure, .success): false
    default: true
    }
  }

  /// 5 policies, 4 ends, with an engine there and without: 40 cases.
  @Test func truthTable() async throws {
    try await EngineOfOurOwn.with { engine in
      let ways = ["there", "away"]
      var services: [ServiceName: String] = [:]
      let script = """
        trap 'exit 0' USR1; trap 'exit 3' USR2; trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done
        """
      for way in ways {
        for (name, _) in Self.policies { for end in End.allCases { services[ServiceName("\(way)-\(name)-\(end)")] = script } }
      }
      var stack = engine.stack("table", services) { $0.network = .none }
      for (name, policy) in Self.policies {
        for way in ways { for end in End.allCases { stack.services[ServiceName("\(way)-\(name)-\(end)")]?.options.restart = policy } }
      }
      #expect(try await engine.up(stack).failures == [])
      let lines = try await eventually(within: 60) {
        try await engine.log("table").count
      } until: {
        $0 >= 40
      }
      #expect(lines == 40)
      var pids: [String: Int32] = [:]
      for container in await engine.backend.containers.all() { pids[container.spec.name] = await container.observed.pid }
      // Stopping is the engine's doing in any case.
      for way in ways {
        for (name, _) in Self.policies {
          let container = try #require(await engine.backend.containers.find(name: "table-\(way)-\(name)-stopped-1"))
          try await container.stop(grace: .seconds(10))
        }
      }
      try await end("there", pids)
      try await settle("there", engine)
      let before = engine
      await before.backend.shutDown()
      try await end("away", pids)
      let next = try await before.reopened()
      try await settle("away", next)
      var right = 0
      for way in ways {
        for (name, policy) in Self.policies {
          for end in End.allCases {
            let observed = try await next.container("table-\(way)-\(name)-\(end)-1")
            let expected = isBack(policy, after: end)
            #expect((observed.state == .running) == expected, "\(way) \(name) \(end): \(observed.state), \(observed.restarts) restarts")
            #expect(observed.restarts == (expected ? 1 : 0), "\(way) \(name) \(end)")
            if (observed.state == .running) == expected, observed.restarts == (expected ? 1 : 0) { right += 1 }
          }
        }
      }
      tell("R10/R11", "restart policies × ends × engine there or away: \(right) of 40 as the table says")
      await next.end()
    }
  }

  private func end(_ way: String, _ pids: [String: Int32]) async throws {
    for (name, _) in Self.policies {
      for (end, signal) in [(End.success, "USR1"), (.failure, "USR2"), (.killed, "KILL")] {
        let pid = try #require(pids["table-\(way)-\(name)-\(end)-1"])
        try await run("kill", "-s", signal, "\(pid)").expect()
        #expect(await hasEnded(pid))
      }
    }
  }

  /// Waits until all have come to what they will be.
  private func settle(_ way: String, _ engine: EngineOfOurOwn) async throws {
    for (name, policy) in Self.policies {
      for end in End.allCases {
        let wanted: ContainerState = isBack(policy, after: end) ? .running : .exited
        _ = try await eventually {
          try await engine.container("table-\(way)-\(name)-\(end)-1")
        } until: {
          $0.state == wanted && (wanted == .exited || $0.restarts == 1)
        }
      }
    }
  }

  /// The count and the delay go on where they were, and an attempt that was promised is not lost, nor made twice.
  @Test func theCountOutlivesTheEngine() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("count", ["a": "echo x; exit 1"]) {
        $0.network = .none
        $0.restart = .onFailure(maximum: 5)
      }
      try await engine.up(stack)
      var current = engine
      for count in 1...3 {
        let engine = current
        _ = try await eventually {
          try await engine.container("count-a-1").restarts
        } until: {
          $0 >= count
        }
        current = try await engine.reopened()
      }
      let final = current
      let last = try await eventually {
        try await final.container("count-a-1")
      } until: {
        $0.state == .exited
      }
      #expect(last.restarts == 5)
      let lines = try await current.log("count").count
      #expect(lines == 6)
      tell("R10", "on-failure:5 over three engines: \(last.restarts) restarts, \(lines) runs")
      await current.end()
    }
  }
}
