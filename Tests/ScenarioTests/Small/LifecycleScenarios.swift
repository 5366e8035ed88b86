import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// What a stack's containers go through: up, again, changed, scaled, stopped, killed, down.
  @Suite struct Lifecycle {
    static let stack = """
      services:
        web:
          image: busybox
          init: true
          command: ["sh", "-c", "echo ready $$LEVEL; exec sleep 1000"]
          environment:
            LEVEL: info
        worker:
          image: busybox
          init: true
          command: sleep 1000
          depends_on: [web]
      """

    @Test func upMakesWhatIsMissingAndAgainDoesNothing() async throws {
      try await Stage.play(Self.stack) { stage in
        let plan = try await stage("plan")
        #expect(plan.output.contains("shop-web-1") && plan.output.contains("shop-worker-1"), "\(plan)")
        #expect(try await stage.containers().isEmpty, "plan made something")

        try await stage("up", "--detach")
        let first = try await stage.containers()
        #expect(first.keys.sorted() == ["shop-web-1", "shop-worker-1"])
        #expect(first.values.allSatisfy { $0.State == "running" })

        #expect(try await stage("plan").output.contains("Nothing to do"))
        let second = try await stage("up", "--detach")
        let words = second.output + second.errors
        #expect(words.contains("Running") || words.contains("Nothing to do"), "\(second)")
        #expect(!words.contains("Created") && !words.contains("Started"), "\(second)")
        #expect(try await stage.containers().mapValues(\.ID) == first.mapValues(\.ID))
      }
    }

    @Test func aChangedServiceIsRecreatedAndItsFieldNamed() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        let before = try await stage.containers()
        try stage.write("compose.yaml", Self.stack.replacing("LEVEL: info", with: "LEVEL: debug"))
        let plan = try await stage("plan")
        #expect(plan.output.contains("environment.LEVEL"), "\(plan)")
        #expect(plan.output.contains("info") && plan.output.contains("debug"), "\(plan)")
        #expect(try await stage.containers().mapValues(\.ID) == before.mapValues(\.ID), "plan changed something")

        try await stage("up", "--detach")
        let after = try await stage.containers()
        #expect(after["shop-web-1"]?.ID != before["shop-web-1"]?.ID)
        #expect(after["shop-worker-1"]?.ID == before["shop-worker-1"]?.ID)
        let log = try await eventually {
          try await stage("logs", "--no-color", "web")
        } until: {
          $0.output.contains("ready debug")
        }
        #expect(log.output.contains("ready debug"), "\(log)")
        #expect(try await stage("plan").output.contains("Nothing to do"))
      }
    }

    @Test func scaleAddsAndTakesAway() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach", "--scale", "web=3")
        let three = try await stage.containers()
        #expect(three.keys.sorted() == ["shop-web-1", "shop-web-2", "shop-web-3", "shop-worker-1"])
        try await stage("up", "--detach", "--scale", "web=1")
        let one = try await stage.containers()
        #expect(one.keys.sorted() == ["shop-web-1", "shop-worker-1"])
        #expect(one["shop-web-1"]?.ID == three["shop-web-1"]?.ID)
      }
    }

    @Test func forceRecreateReplacesWhatIsUnchanged() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        let before = try await stage.containers()
        try await stage("up", "--detach", "--force-recreate")
        let after = try await stage.containers()
        #expect(after.keys.sorted() == before.keys.sorted())
        for (name, container) in after { #expect(container.ID != before[name]?.ID) }
      }
    }

    @Test func orphansStayUntilTheyAreToGo() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        try stage.write(
          "compose.yaml",
          """
          services:
            web:
              image: busybox
              init: true
              command: ["sh", "-c", "echo ready $$LEVEL; exec sleep 1000"]
              environment:
                LEVEL: info
          """)
        let kept = try await stage("up", "--detach")
        #expect((kept.output + kept.errors).contains("worker"), "the orphan is not named\n\(kept)")
        #expect(try await stage.containers()["shop-worker-1"] != nil)
        try await stage("up", "--detach", "--remove-orphans")
        #expect(try await stage.containers().keys.sorted() == ["shop-web-1"])
      }
    }

    @Test func stopStartRestartKillAndRm() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        let id = try await stage.containers()["shop-web-1"]?.ID
        try await stage("stop", "web")
        let stopped = try await stage.containers()
        #expect(stopped["shop-web-1"]?.State == "exited")
        #expect(stopped["shop-web-1"]?.ExitCode == 128 + SIGTERM)
        #expect(stopped["shop-worker-1"]?.State == "running")
        try await stage("start", "web")
        #expect(try await stage.containers()["shop-web-1"]?.State == "running")
        try await stage("restart", "web")
        let restarted = try await stage.containers()["shop-web-1"]
        #expect(restarted?.State == "running")
        #expect(restarted?.ID == id)
        try await stage("kill", "web")
        let killed = try await stage.container("shop-web-1") { $0.State == "exited" }
        #expect(killed?.ExitCode == 128 + SIGKILL)
        try await stage("rm", "--force", "web")
        #expect(try await stage.containers().keys.sorted() == ["shop-worker-1"])
      }
    }

    @Test func aStopSendsTheStopSignalAndKillsAfterTheGracePeriod() async throws {
      let stack = """
        services:
          polite:
            image: busybox
            command: ["sh", "-c", "trap 'echo bye; exit 3' USR1; echo ready; while :; do sleep 0.05; done"]
            stop_signal: SIGUSR1
          deaf:
            image: busybox
            command: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]
            stop_grace_period: 1s
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        for service in ["polite", "deaf"] {
          let log = try await eventually {
            try await stage("logs", service)
          } until: {
            $0.output.contains("ready")
          }
          #expect(log.output.contains("ready"), "\(log)")
        }
        try await stage("stop")
        let stopped = try await stage.containers()
        #expect(stopped["shop-polite-1"]?.ExitCode == 3)
        #expect(stopped["shop-deaf-1"]?.ExitCode == 128 + SIGKILL)
        #expect(try await stage("logs", "polite").output.contains("bye"))
      }
    }

    @Test func exitCodesAreKept() async throws {
      let stack = """
        services:
          seven: { image: busybox, command: ["sh", "-c", "exit 7"] }
          zero: { image: busybox, command: ["true"] }
          killed: { image: busybox, command: ["sh", "-c", "kill -9 $$$$"], init: true }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        #expect(try await stage.container("shop-seven-1") { $0.State == "exited" }?.ExitCode == 7)
        #expect(try await stage.container("shop-zero-1") { $0.State == "exited" }?.ExitCode == 0)
        #expect(try await stage.container("shop-killed-1") { $0.State == "exited" }?.ExitCode == 128 + SIGKILL)
        #expect(try await stage("ps").lines.count == 1, "ps without --all lists ended containers")
      }
    }

    @Test func aProgramThatIsMissingFailsUpWithItsName() async throws {
      try await Stage.play("services: { web: { image: busybox, command: [no-such-program] } }") { stage in
        let outcome = try await stage.attempt("up", "--detach")
        #expect(outcome.status != 0)
        #expect((outcome.output + outcome.errors).contains("no-such-program"), "\(outcome)")
      }
    }

    @Test func createdContainersStartLater() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--no-start")
        #expect(try await stage.containers().values.allSatisfy { $0.State == "created" })
        try await stage("start")
        #expect(try await stage.containers().values.allSatisfy { $0.State == "running" })
      }
    }
  }
}
