import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// What Docker's documentation says of its verbs, and scripts rely on.
  @Suite struct DockerBehaviour {
    private func play(_ scenario: (Stage) async throws -> Void) async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }", scenario)
    }

    /// A container of no stack and no network; returns its id.
    @discardableResult
    private func make(_ verb: String, _ stage: Stage, _ words: String...) async throws -> String {
      let outcome = try await stage.muster(["container", verb, "--network", "none"] + words, in: stage.directory).expect()
      return String(outcome.output.dropLast())
    }

    @Test func theBeginningOfAnIdIsEnoughWhenItIsNoOthers() async throws {
      try await play { stage in
        // Of 17, two begin with the same digit.
        var ids: [String] = []
        for number in 0..<17 { ids.append(try await make("create", stage, "--name", "n\(number)", "busybox", "true")) }
        let digits = ids.map { String($0.prefix(1)) }
        let shared = try #require(digits.first { digit in digits.filter { $0 == digit }.count > 1 })
        let refused = try await stage.attempt("container", "inspect", shared)
        #expect(refused.status == 1 && refused.errors.contains("more than one container"), "\(refused)")
        for verb in ["start", "rm", "kill"] {
          let outcome = try await stage.attempt("container", verb, shared)
          #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errors.contains("more than one container"), "\(outcome)")
        }
        #expect(try await stage("container", "ls", "--all", "--quiet").lines.count == 17)
        let name = ["container", "inspect", "--format", "{{.Name}}"]
        #expect(try await stage.muster(name + [String(ids[3].prefix(12))], in: stage.directory).output == "/n3\n")
        // A name comes before the beginning of an id.
        try await stage("container", "rename", "n5", String(ids[3].prefix(12)))
        #expect(try await stage.muster(name + [String(ids[3].prefix(12))], in: stage.directory).output == "/\(ids[3].prefix(12))\n")
        #expect(try await stage.muster(name + [String(ids[3].prefix(13))], in: stage.directory).output == "/n3\n")
        try await stage.muster(["container", "rm"] + ids, in: stage.directory).expect()
      }
    }

    @Test func aNameBelongsToOne() async throws {
      try await play { stage in
        let one = try await make("create", stage, "--name", "one", "busybox", "true")
        try await make("create", stage, "--name", "two", "busybox", "true")
        let taken = try await stage.attempt("container", "rename", "two", "one")
        #expect(taken.status == 1 && taken.errors.contains("\"one\" is already in use by container \(one.prefix(12))"), "\(taken)")
        let again = try await stage.attempt("container", "create", "--name", "one", "busybox", "true")
        #expect(again.status == 125 && again.errors.contains("already in use"), "\(again)")
        #expect(try await stage("container", "ls", "--all", "--format", "{{.Names}}").lines.sorted() == ["one", "two"])
        try await stage("container", "rm", "one", "two")
      }
    }

    @Test func whatRunsIsOnlyRemovedByForce() async throws {
      try await play { stage in
        try await make("run", stage, "-d", "--name", "busy", "busybox", "sleep", "1000")
        try await make("run", stage, "-d", "--name", "again", "--restart", "always", "busybox", "false")
        _ = try await eventually {
          try await stage("container", "inspect", "-f", "{{.State.Status}}", "again").output
        } until: {
          $0 == "restarting\n"
        }
        for (name, state) in [("busy", "running"), ("again", "restarting"), ("busy", "paused")] {
          if state == "paused" { try await stage("container", "pause", name) }
          let refused = try await stage.attempt("container", "rm", name)
          // Between two starts it runs for a moment.
          let words = ["container is \(state)"] + (state == "restarting" ? ["container is running"] : [])
          #expect(refused.status == 1 && words.contains(where: refused.errors.contains) && refused.output.isEmpty, "\(refused)")
        }
        #expect(try await stage("container", "rm", "--force", "busy", "again").lines.sorted() == ["again", "busy"])
        #expect(try await stage("container", "ls", "-aq").output.isEmpty)
      }
    }

    /// With a start under way, `stop` waits for its turn and then holds, whatever the restart policy.
    @Test func aStopDuringAStartHolds() async throws {
      let stack = """
        services:
          web:
            image: busybox
            init: true
            command: sleep 1000
            restart: always
            post_start: [{ command: touch /begun }, { command: sleep 1.5 }]
        """
      try await Stage.play(stack) { stage in
        try await stage("create")
        let start = try stage.start("container", "start", "shop-web-1")
        let begun = try await eventually {
          try await stage.attempt("container", "exec", "shop-web-1", "test", "-e", "/begun").status
        } until: {
          $0 == 0
        }
        #expect(begun == 0)
        try await stage("container", "stop", "--timeout", "1", "shop-web-1")
        _ = await start.end()
        let state = ["container", "inspect", "-f", "{{.State.Status}} {{.RestartCount}}", "shop-web-1"]
        #expect(try await stage.muster(state, in: stage.directory).output == "exited 0\n")
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await stage.muster(state, in: stage.directory).output == "exited 0\n", "it came back")
        // And it can be started again.
        try await stage("container", "start", "shop-web-1")
        #expect(try await stage.muster(state, in: stage.directory).output == "running 0\n")
      }
    }

    @Test func whatIsToGoAtItsEndGoesHoweverItEnds() async throws {
      try await play { stage in
        @Sendable func left() async throws -> String {
          try await stage("container", "ls", "-aq").output + stage("volume", "ls", "-q").output
        }
        let crashed = try await stage.attempt(
          "container", "run", "--rm", "--init", "--network", "none", "-v", "/data", "busybox", "sh", "-c", "kill -SEGV $$")
        #expect(crashed.status == 139, "\(crashed)")
        #expect(try await left() == "")
        // When the command ends, the name is free again.
        for _ in 0..<5 {
          try await stage("container", "run", "--rm", "--network", "none", "--name", "same", "-v", "/data", "busybox", "true")
          #expect(try await left() == "")
        }
        let unknown = try await stage.attempt("container", "run", "--rm", "--network", "none", "-v", "/data", "busybox", "no-such-program")
        #expect(unknown.status == 127, "\(unknown)")
        #expect(try await left() == "")
        // Nobody looks on; nor does an engine.
        for dies in [false, true] {
          try await make("run", stage, "-d", "--rm", "--name", "same", "-v", "/data", "busybox", "sleep", "1000")
          let pid = try await stage("container", "inspect", "-f", "{{.State.Pid}}", "same").output
          if dies { #expect(await stage.muster.endEngine(SIGKILL)) }
          kill(try #require(Int32(pid.dropLast())), SIGKILL)
          let rest = try await eventually {
            try await left()
          } until: {
            $0 == ""
          }
          #expect(rest == "", "engine died: \(dies)")
        }
      }
    }

    @Test func waitingForWhatHasEndedReturnsAtOnce() async throws {
      try await play { stage in
        for (name, code) in [("three", 3), ("four", 4)] as [(String, Int32)] {
          try await stage("container", "run", "--network", "none", "--name", name, "busybox", "sh", "-c", "exit \(code)", status: code)
        }
        #expect(try await stage("container", "wait", "three", "four", "three").output == "3\n4\n3\n")
        let part = try await stage.attempt("container", "wait", "nobody", "four")
        #expect(part.status == 1 && part.output == "4\n" && part.errors.contains("no such container: nobody"), "\(part)")
        try await stage("container", "rm", "three", "four")
      }
    }

    @Test func attachingWithoutATerminal() async throws {
      try await play { stage in
        try await make("run", stage, "-dit", "--name", "typed", "busybox", "sh")
        let refused = try await stage.attempt("container", "attach", "typed")
        #expect(refused.status == 1 && refused.errors.contains("the input device is not a TTY"), "\(refused)")
        let run = try await stage.attempt("container", "run", "--rm", "-it", "--network", "none", "busybox", "true")
        #expect(run.status == 125 && run.errors.contains("the input device is not a TTY"), "\(run)")
        let exec = try await stage.attempt("container", "exec", "-it", "typed", "true")
        #expect(exec.status == 1 && exec.errors.contains("the input device is not a TTY"), "\(exec)")
        // Looking on needs none.
        let looking = try stage.start("container", "attach", "--no-stdin", "--sig-proxy=false", "typed")
        try await make(
          "run", stage, "-d", "--name", "plain", "busybox", "sh", "-c", "until [ -e /go ]; do sleep 0.05; done; echo out; exit 3")
        let other = try stage.start("container", "attach", "plain")
        // Nothing announces that somebody looks on; what comes later is seen in any case.
        try await Task.sleep(for: .milliseconds(300))
        try await stage("container", "exec", "plain", "touch", "/go")
        let ended = await other.end()
        #expect(ended.status == 3, "\(ended)")
        try await stage("container", "kill", "typed")
        #expect(await looking.end().status == 137)
        try await stage("container", "rm", "typed", "plain")
      }
    }

    @Test func filtersOfContainers() async throws {
      try await play { stage in
        try await make(
          "run", stage, "-d", "--name", "shop-front", "--label", "team=blue", "--expose", "9000", "-v", "kept:/data", "busybox", "sleep",
          "1000")
        try await stage("container", "run", "--network", "none", "--name", "front", "busybox", "sh", "-c", "exit 3", status: 3)
        let last = try await make("create", stage, "--name", "late", "--label", "team=red", "busybox", "true")
        for (filters, names) in [
          (["name=front"], ["front", "shop-front"]), (["name=^front"], ["front"]), (["name=^/front$"], ["front"]),
          (["name=nt$"], ["front", "shop-front"]),
          (["name=late", "name=^front"], ["front", "late"]), (["id=\(last.prefix(20))"], ["late"]),
          (["label=team"], ["late", "shop-front"]),
          (["label=team=blue"], ["shop-front"]), (["label=team=blue", "label=team=red"], []), (["exited=3"], ["front"]), (["exited=0"], []),
          (["status=created"], ["late"]), (["status=running", "status=exited"], ["front", "shop-front"]),
          (["ancestor=busybox"], ["front", "late", "shop-front"]),
          (["ancestor=nginx"], []), (["before=front"], ["shop-front"]), (["since=front"], ["late"]), (["volume=kept"], ["shop-front"]),
          (["volume=/data"], ["shop-front"]), (["network=none"], ["front", "late", "shop-front"]), (["expose=9000"], ["shop-front"]),
          (["expose=8000-9000/tcp"], ["shop-front"]), (["publish=9000"], []), (["health=none"], ["front", "late", "shop-front"]),
          (["status=running", "label=team=red"], []),
        ] as [([String], [String])] {
          let words = ["container", "ls", "--all", "--format", "{{.Names}}"] + filters.flatMap { ["--filter", $0] }
          let outcome = try await stage.muster(words, in: stage.directory).expect()
          #expect(outcome.lines.map(String.init).sorted() == names, "\(filters)")
        }
        // Without --all those that run, unless a state is asked for.
        #expect(try await stage("container", "ls", "--format", "{{.Names}}").output == "shop-front\n")
        #expect(try await stage("container", "ls", "--filter", "status=exited", "--format", "{{.Names}}").output == "front\n")
        for wrong in ["colour=red", "status=asleep", "exited=x", "name", "before=nobody"] {
          #expect(try await stage.attempt("container", "ls", "--filter", wrong).status == 1, "\(wrong)")
        }
        try await stage("container", "rm", "--force", "shop-front", "front", "late")
        try await stage("volume", "rm", "kept")
      }
    }

    @Test func formatsAreTemplatesOfGo() async throws {
      try await play { stage in
        try await stage("up", "--detach")
        try await make("run", stage, "-d", "--name", "formed", "--label", "team=blue", "-v", "/data", "busybox", "sleep", "1000")
        for (template, text) in [
          ("{{.Name}} {{.State.Status}}", "/formed running"), ("{{if .State.Running}}up{{else}}down{{end}}", "up"),
          (#"{{index .Config.Labels "team"}}"#, "blue"), (#"{{join .Config.Cmd " "}}"#, "sleep 1000"), ("{{len .Mounts}}", "1"),
          ("{{range .Mounts}}{{.Type}}:{{.Destination}}{{end}}", "volume:/data"), (#"{{.State.ExitCode | printf "%03d"}}"#, "000"),
          ("{{json .State.Status}}", #""running""#), ("{{upper .Name}}", "/FORMED"),
          (#"{{with .Config}}{{.Image}}{{end}}"#, "busybox"), (#"{{eq .State.Status "exited"}}"#, "false"),
        ] {
          let found = try await stage("container", "inspect", "--format", template, "formed")
          #expect(found.output == text + "\n", "\(template)")
        }
        let networks = "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}"
        #expect(try await stage("container", "inspect", "-f", networks, "shop-web-1").output == "shop_default\n")
        // Compose's labels are there, too.
        let service = #"{{index .Config.Labels "com.docker.compose.project"}} {{.Config.Labels "com.docker.compose.service"}}"#
        #expect(try await stage("container", "inspect", "-f", service, "shop-web-1").output == "shop web\n")
        let label = "label=com.docker.compose.project=shop"
        #expect(try await stage("container", "ls", "--filter", label, "--format", "{{.Names}}").output == "shop-web-1\n")
        let table = try await stage("container", "ls", "--format", "table {{.Names}}\t{{.State}}").lines.map(String.init)
        #expect(table.first?.split(separator: " ") == ["NAMES", "STATE"] && table.count == 3, "\(table)")
        #expect(try await stage("ps", "--format", "{{.Service}}: {{.State}}").output == "web: running\n")
        for wrong in ["{{.Names", "{{if}}", "{{nosuch .Names}}"] {
          let refused = try await stage.attempt("container", "ls", "--format", wrong)
          #expect(refused.status == 1 && refused.errors.contains("template"), "\(refused)")
        }
        try await stage("container", "rm", "-f", "-v", "formed")
      }
    }

    @Test func listsHaveDockersColumnsAndTimes() async throws {
      try await play { stage in
        try await stage("up", "--detach")
        try await stage("container", "run", "--network", "none", "--name", "done", "busybox", "sh", "-c", "exit 3", status: 3)
        try await make("create", stage, "--name", "never", "busybox", "true")
        let rows = try await stage("container", "ls", "--all").lines.map(String.init)
        #expect(rows.first?.contains(/^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$/) == true, "\(rows)")
        // The newest first.
        #expect(rows.dropFirst().compactMap { $0.split(separator: " ").last } == ["never", "done", "shop-web-1"], "\(rows)")
        let age = "(Less than a second|[0-9]+ seconds?)"
        for (name, status) in [("never", "Created"), ("done", "Exited \\(3\\) \(age) ago"), ("shop-web-1", "Up \(age)")] {
          let row = try #require(rows.first { $0.hasSuffix(" \(name)") })
          let line = try Regex("^[0-9a-f]{12} +busybox +\"[^\"]*\" +\(age) ago +\(status) +\(name)$")
          #expect(row.contains(line), "\(row)")
        }
        let own = try await stage("ps").lines.map(String.init)
        #expect(own.first?.contains(/^NAME +IMAGE +COMMAND +SERVICE +CREATED +STATUS +PORTS$/) == true, "\(own)")
        let line = try Regex("^shop-web-1 +busybox +\"sleep 1000\" +web +\(age) ago +Up \(age)")
        #expect(own.count == 2 && own[1].contains(line), "\(own)")
        try await stage("container", "rm", "done", "never")
      }
    }
  }
}
