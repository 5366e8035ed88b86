import TestSupport
import Testing

extension Scenarios {
  /// Health checks, who waits for them, restart policies.
  @Suite struct Health {
    /// `db` is healthy as soon as `/tmp/ok` exists.
    static func stack(_ check: String) -> String {
      """
      services:
        db:
          image: busybox
          init: true
          command: sleep 1000
          volumes: ["./flag:/flag"]
          healthcheck: \(check)
        web:
          image: busybox
          init: true
          command: sleep 1000
          depends_on: { db: { condition: service_healthy } }
      """
    }

    @Test func aDependentWaitsForHealth() async throws {
      let check =
        #"{ test: ["CMD", "test", "-e", "/flag/ok"], interval: 100ms, timeout: 5s, retries: 100000, start_period: 10m, start_interval: 100ms }"#
      try await Stage.play(Self.stack(check), files: ["flag/.keep": ""]) { stage in
        let up = try stage.start("up", "--detach", "--wait")
        let waiting = try await stage.container("shop-db-1") { $0.State == "running" && $0.Health == "starting" }
        #expect(waiting?.Health == "starting")
        #expect(try await stage.containers()["shop-web-1"]?.State != "running", "started before its dependency was healthy")
        try stage.write("flag/ok", "")
        let outcome = await up.end()
        #expect(outcome.status == 0, "\(outcome)")
        let containers = try await stage.containers()
        #expect(containers["shop-db-1"]?.Health == "healthy")
        #expect(containers["shop-web-1"]?.State == "running")
      }
    }

    @Test func anUnhealthyDependencyFailsUp() async throws {
      let check = #"{ test: ["CMD-SHELL", "echo not well; exit 1"], interval: 100ms, timeout: 5s, retries: 2 }"#
      try await Stage.play(Self.stack(check)) { stage in
        let outcome = try await stage.attempt("up", "--detach")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("unhealthy"), "\(outcome)")
        let containers = try await stage.containers()
        #expect(containers["shop-db-1"]?.Health == "unhealthy")
        #expect(containers["shop-web-1"]?.State != "running")
      }
    }

    @Test func aDependencyThatMustSucceedAndFails() async throws {
      let stack = """
        services:
          migrate: { image: busybox, command: ["sh", "-c", "exit 3"] }
          web:
            image: busybox
            init: true
            command: sleep 1000
            depends_on: { migrate: { condition: service_completed_successfully } }
        """
      try await Stage.play(stack) { stage in
        let outcome = try await stage.attempt("up", "--detach")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("migrate") && outcome.errors.contains("3"), "\(outcome)")
        #expect(try await stage.containers()["shop-web-1"]?.State != "running")
      }
    }

    @Test func aServiceThatEndsComesBack() async throws {
      let stack = """
        services:
          always: { image: busybox, init: true, command: sleep 1000, restart: always }
          failing: { image: busybox, command: ["sh", "-c", "echo try >>/count/tries; exit 1"], restart: "on-failure:2", volumes: ["./count:/count"] }
          done: { image: busybox, command: ["true"], restart: on-failure }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let failing = try await eventually {
          (try? readText(stage.directory + "/count/tries")) ?? ""
        } until: {
          $0.count >= 12
        }
        #expect(failing == "try\ntry\ntry\n", "one start and two restarts")
        #expect(try await stage.container("shop-failing-1") { $0.State == "exited" }?.ExitCode == 1)
        #expect(try await stage.container("shop-done-1") { $0.State == "exited" }?.ExitCode == 0)

        // The end that nobody asked for: the process is killed from inside.
        let before = try await stage("exec", "-T", "always", "stat", "-c", "%Y %i", "/proc/1").output
        _ = try await stage.attempt("exec", "-T", "always", "killall", "-9", "sleep")
        let after = try await eventually {
          try await stage.attempt("exec", "-T", "always", "stat", "-c", "%Y %i", "/proc/1")
        } until: {
          $0.status == 0 && $0.output != before
        }
        #expect(after.status == 0 && after.output != before, "\(after)")

        try await stage("stop", "always")
        #expect(try await stage.containers()["shop-always-1"]?.State == "exited", "restarted although it was stopped")
      }
    }
  }
}
