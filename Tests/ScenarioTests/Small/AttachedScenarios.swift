import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// What a person at a terminal does: an attached `up`, `exec`, `run`, `logs -f`.
  @Suite struct Attached {
    static let stack = """
      services:
        web:
          image: busybox
          command: ["sh", "-c", "trap 'echo stopping; exit 0' TERM; echo web is up; while :; do sleep 0.05; done"]
        other:
          image: busybox
          command: ["sh", "-c", "trap 'exit 0' TERM; echo other is up; while :; do sleep 0.05; done"]
      """

    @Test func attachedUpFollowsLogsAndStopsOnInterrupt() async throws {
      try await Stage.play(Self.stack) { stage in
        let up = try stage.start("up")
        try await up.shows("web is up")
        try await up.shows("other is up")
        up.signal(SIGINT)
        try await up.shows("stopping")
        let outcome = await up.end()
        #expect(outcome.status == 0 || outcome.status == 130, "\(outcome)")
        #expect(outcome.output.contains("web-1"), "lines do not name their container\n\(outcome)")
        let containers = try await stage.containers()
        #expect(containers.count == 2)
        #expect(containers.values.allSatisfy { $0.State == "exited" && $0.ExitCode == 0 }, "\(containers)")
      }
    }

    @Test func aSecondInterruptKills() async throws {
      let stack = """
        services:
          deaf:
            image: busybox
            command: ["sh", "-c", "trap 'echo not yet' TERM; echo ready; while :; do sleep 0.05; done"]
            stop_grace_period: 10m
        """
      try await Stage.play(stack) { stage in
        let up = try stage.start("up")
        try await up.shows("ready")
        up.signal(SIGINT)
        try await up.shows("not yet")
        up.signal(SIGINT)
        _ = await up.end()
        let container = try await stage.container("shop-deaf-1") { $0.State == "exited" }
        #expect(container?.ExitCode == 128 + SIGKILL)
      }
    }

    @Test func attachedUpEndsWithItsContainers() async throws {
      try await Stage.play("services: { one: { image: busybox, command: [echo, all done] } }") { stage in
        let outcome = try await stage("up")
        #expect(outcome.output.contains("all done"), "\(outcome)")
      }
    }

    @Test func logsTellServicesAndTimesApart() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        let both = try await eventually {
          try await stage("logs")
        } until: {
          $0.output.contains("web is up") && $0.output.contains("other is up")
        }
        #expect(both.lines.contains { $0.hasPrefix("web-1") && $0.hasSuffix("| web is up") }, "\(both)")
        #expect(both.lines.contains { $0.hasPrefix("other-1") && $0.hasSuffix("| other is up") }, "\(both)")
        let one = try await stage("logs", "web")
        #expect(!one.output.contains("other is up"), "\(one)")
        let timed = try await stage("logs", "--timestamps", "--no-log-prefix", "web")
        #expect(timed.lines.first?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z web is up$/) == true, "\(timed)")
        #expect(try await stage("logs", "--tail", "0").output.isEmpty)
        #expect(try await stage("logs", "--since", "1h", "web").output.contains("web is up"))
        #expect(try await stage("logs", "--since", "2100-01-01T00:00:00Z").output.isEmpty)
      }
    }

    @Test func followedLogsShowLinesAsTheyCome() async throws {
      let stack = """
        services:
          echo: { image: busybox, command: ["sh", "-c", "mkfifo /tmp/in; echo old; while :; do cat /tmp/in; done"] }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        _ = try await eventually {
          try await stage("logs")
        } until: {
          $0.output.contains("old")
        }
        let follow = try stage.start("logs", "--follow", "--tail", "0", "--no-log-prefix")
        // Nothing announces that a follower is there, so lines are sent until one is seen.
        _ = try await eventually {
          try await stage("exec", "-T", "echo", "sh", "-c", "echo knock >/tmp/in")
          return follow.soFar
        } until: {
          $0.output.contains("knock")
        }
        let sent = ContinuousClock.now
        try await stage("exec", "-T", "echo", "sh", "-c", "echo the next line >/tmp/in")
        try await follow.shows("the next line")
        print("logs --follow: seen \(ContinuousClock.now - sent) after the command that wrote it began")
        #expect(!follow.soFar.output.contains("old"))
        follow.signal(SIGINT)
        _ = await follow.end()
      }
    }

    /// S21: killed at once, or stopped before.
    @Test func aClientThatIsKilledInAFloodLeavesNothing() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        try await stage("up", "--detach")
        for isStopped in [false, true] {
          let words = "exec \(Muster.programs)/muster exec -T web cat /dev/zero >/dev/null"
          let client = try Child(["sh", "-c", words], environment: stage.muster.environment, directory: stage.directory)
          @Sendable func floods() async throws -> Bool { try await stage("exec", "-T", "web", "ps").output.contains("cat /dev/zero") }
          #expect(
            try await eventually {
              try await floods()
            } until: {
              $0
            })
          if isStopped { client.signal(SIGSTOP) }
          client.signal(SIGKILL)
          _ = await client.end()
          #expect(
            try await eventually {
              try await floods()
            } until: {
              !$0
            } == false)
        }
      }
    }

    @Test func execRunsInTheContainer() async throws {
      let stack = """
        services:
          web:
            image: busybox
            init: true
            command: sleep 1000
            environment: { SHOWN: from the service }
            working_dir: /srv
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "web", "pwd").output == "/srv\n")
        #expect(try await stage("exec", "-T", "web", "sh", "-c", "echo $SHOWN").output == "from the service\n")
        #expect(try await stage("exec", "-T", "-e", "SHOWN=other", "web", "sh", "-c", "echo $SHOWN").output == "other\n")
        #expect(try await stage("exec", "-T", "-u", "app", "web", "id").output.contains("uid=1000(app) gid=1000(app)"))
        #expect(try await stage("exec", "-T", "-w", "/tmp", "web", "pwd").output == "/tmp\n")
        #expect(try await stage("exec", "-T", "web", "cat", input: "through\n").output == "through\n")
        let failed = try await stage("exec", "-T", "web", "sh", "-c", "echo wrong >&2; exit 9", status: 9)
        #expect(failed.errors.contains("wrong"))
        #expect(try await stage.attempt("exec", "-T", "web", "no-such-program").status == 127)
      }
    }

    @Test func execHasARealTerminal() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        try await stage("up", "--detach")
        let shell = try stage.start("exec", "web", "sh", streams: .terminal(rows: 31, columns: 99))
        try shell.send("stty size; tty\n")
        try await shell.shows("31 99")
        try await shell.shows("/dev/pts/")
        try shell.send("exit 5\n")
        #expect(await shell.end().status == 5)
      }
    }

    @Test func runMakesAContainerOfItsOwn() async throws {
      let stack = """
        services:
          db: { image: busybox, init: true, command: sleep 1000 }
          task: { image: busybox, command: ["echo", "the service's command"], depends_on: [db], environment: { A: b } }
        """
      try await Stage.play(stack) { stage in
        let own = try await stage("run", "--rm", "-T", "task", "sh", "-c", "echo $A; exit 4", status: 4)
        #expect(own.output == "b\n", "\(own)")
        #expect(try await stage("run", "--rm", "-T", "task").output == "the service's command\n")
        #expect(try await stage("run", "--rm", "-T", "task", "cat", input: "through\n").output == "through\n")
        let containers = try await stage.containers()
        #expect(containers["shop-db-1"]?.State == "running", "the dependency was not started")
        #expect(containers.count == 1, "--rm left \(containers.keys)")
      }
    }
  }
}
