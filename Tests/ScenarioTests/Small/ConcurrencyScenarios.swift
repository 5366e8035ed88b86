import TestSupport
import Testing

extension Scenarios {
  /// Many commands at once, on one project and on several.
  @Suite struct Concurrency {
    static let stack = """
      services:
        one: { image: busybox, init: true, command: sleep 1000, volumes: ["data:/data"] }
        two: { image: busybox, init: true, command: sleep 1000, depends_on: [one] }
        three: { image: busybox, init: true, command: sleep 1000, scale: 2 }
      volumes: { data: {} }
      """

    @Test func firstCommandsStartOneEngine() async throws {
      let stage = try Stage()
      try stage.write("compose.yaml", Self.stack)
      try await stage.play { stage in
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
          for _ in 0..<6 { group.addTask { try await stage.attempt("ps") } }
          return try await group.reduce(into: [Outcome]()) { $0.append($1) }
        }
        for outcome in outcomes { #expect(outcome.status == 0, "\(outcome)") }
        let engines = HostLedger.processes(under: stage.muster.root).filter { (try? readText("/proc/\($0)/comm")) == "musterd\n" }
        #expect(engines.count == 1)
      }
    }

    @Test func upsAndDownsOfOneProjectConverge() async throws {
      try await Stage.play(Self.stack) { stage in
        for _ in 0..<2 {
          try await together(["shop"], on: stage)
          try await expectConvergence(of: "shop", on: stage)
        }
      }
    }

    @Test func upsAndDownsOfSeveralProjectsConverge() async throws {
      try await Stage.play(Self.stack) { stage in
        let projects = ["shop", "blog", "mail"]
        try await together(projects, on: stage)
        for project in projects { try await expectConvergence(of: project, on: stage) }
        for project in projects.dropFirst() { try await stage("-p", project, "down", "--volumes", "--timeout", "0") }
      }
    }

    /// Three `up`s and three `down`s of each project, all at once. Any of them may lose to another, but none may break anything.
    private func together(_ projects: [String], on stage: Stage) async throws {
      let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
        for project in projects {
          for _ in 0..<3 {
            group.addTask { try await stage.attempt("-p", project, "up", "--detach") }
            group.addTask { try await stage.attempt("-p", project, "down", "--timeout", "0") }
          }
        }
        return try await group.reduce(into: [Outcome]()) { $0.append($1) }
      }
      for outcome in outcomes { #expect(outcome.status == 0, "\(outcome)") }
    }

    private func expectConvergence(of project: String, on stage: Stage) async throws {
      try await stage("-p", project, "up", "--detach")
      let plan = try await stage("-p", project, "plan")
      #expect(plan.output.contains("Nothing to do"), "\(plan)")
      let running = try await stage("-p", project, "ps", "--quiet")
      #expect(running.lines.count == 4, "\(running)")
    }
  }
}
