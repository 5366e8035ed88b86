import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// Flags that Compose has, one after the other.
  @Suite struct Flags {
    static let stack = """
      services:
        web:
          image: busybox
          init: true
          command: ["sh", "-c", "echo web is up; touch /tmp/fine; exec sleep 1000"]
          depends_on: [db]
          healthcheck: { test: [CMD, test, -e, /tmp/fine], interval: 200ms }
          labels: { kept: "yes" }
        db:
          image: busybox
          init: true
          command: ["sh", "-c", "echo db is up; exec sleep 1000"]
        failing:
          image: busybox
          profiles: [late]
          command: ["sh", "-c", "sleep 0.5; exit 7"]
        done:
          image: busybox
          profiles: [late]
          command: ["sh", "-c", "sleep 0.5; exit 0"]
      """

    private func ids(_ stage: Stage) async throws -> [String: String] { try await stage.containers().mapValues(\.ID) }

    @Test func dependenciesAreMadeAnewAndShown() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        let before = try await ids(stage)
        try await stage("up", "--detach", "--always-recreate-deps", "web")
        let after = try await ids(stage)
        #expect(after["shop-db-1"] != before["shop-db-1"] && after["shop-web-1"] == before["shop-web-1"])
        let both = try await stage.attempt("up", "--no-recreate", "--always-recreate-deps", "web")
        #expect(both.status != 0 && both.errors.contains("incompatible"), "\(both)")

        try await stage("down", "--timeout", "0")
        let up = try stage.start("up", "--attach-dependencies", "web")
        try await up.shows("db is up")
        try await up.shows("web is up")
        up.signal(SIGINT)
        #expect(await up.end().status == 130)
      }
    }

    @Test func stepsAtTheSameTimeAreLimited() async throws {
      let service = "{ image: busybox, init: true, command: sleep 1000, post_start: [{ command: sleep 0.5 }] }"
      try await Stage.play("services: { one: \(service), two: \(service) }") { stage in
        func order(_ words: String...) async throws -> [String] {
          let up = try await stage.muster(
            ["--progress", "plain"] + words + ["up", "-d", "--force-recreate", "--timeout", "0"], in: stage.directory)
          return try up.expect().errors.split(separator: "\n").compactMap { line in ["Starting", "Started"].first { line.hasSuffix($0) } }
        }
        #expect(try await order() == ["Starting", "Starting", "Started", "Started"])
        #expect(try await order("--parallel", "1") == ["Starting", "Started", "Starting", "Started"])
        #expect(try await order("--parallel", "-1") == ["Starting", "Starting", "Started", "Started"])
        let limited = try await stage.shell("COMPOSE_PARALLEL_LIMIT=1 $muster --progress plain up -d --force-recreate --timeout 0")
        let words = limited.errors.split(separator: "\n").compactMap { line in ["Starting", "Started"].first { line.hasSuffix($0) } }
        #expect(words == ["Starting", "Started", "Starting", "Started"], "\(limited)")
        let wrong = try await stage.attempt("--parallel", "0", "ps")
        #expect(wrong.status == 1 && wrong.errors.contains("--parallel 0"), "\(wrong)")
      }
    }

    @Test func orphansAndResourcesThatNobodyUses() async throws {
      let stack = """
        services: { web: { image: busybox, init: true, command: sleep 1000 } }
        networks: { spare: {} }
        volumes: { spare: {} }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        #expect(try await stage("volume", "ls", "-q").output == "")
        try await stage("--all-resources", "up", "--detach")
        #expect(try await stage("volume", "ls", "-q").output == "shop_spare\n")
        #expect(try await stage("network", "ls", "--format", "{{.Name}}").lines.contains("shop_spare"))
        try stage.write("compose.yaml", stack.replacing("web:", with: "page:"))
        #expect(try await stage("up", "--detach").errors.contains("Found orphan containers"))
        let ignored = try await stage.shell("COMPOSE_IGNORE_ORPHANS=true $muster up -d")
        #expect(ignored.status == 0 && !ignored.errors.contains("Found orphan"), "\(ignored)")
        let both = try await stage.shell("COMPOSE_IGNORE_ORPHANS=true $muster up -d --remove-orphans")
        #expect(both.status == 1 && both.errors.contains("cannot be combined"), "\(both)")
        let wrong = try await stage.shell("COMPOSE_REMOVE_ORPHANS=perhaps $muster up -d")
        #expect(wrong.status == 1 && wrong.errors.contains("COMPOSE_REMOVE_ORPHANS"), "\(wrong)")
        let removed = try await stage.shell("COMPOSE_REMOVE_ORPHANS=1 $muster up -d --timeout 0")
        #expect(removed.status == 0, "\(removed)")
        #expect(try await stage("ps", "--all", "--format", "{{.Service}}").output == "page\n")
      }
    }

    @Test func aFailureStopsAll() async throws {
      try await Stage.play(Self.stack) { stage in
        let fine = try stage.start("--profile", "late", "up", "--abort-on-container-failure", "db", "done")
        try await fine.shows("done-1 exited with code 0")
        // That one has done its work; the other goes on.
        #expect(try await stage("ps", "--services").output == "db\n")
        fine.signal(SIGINT)
        #expect(await fine.end().status == 130)
        let failed = try await stage.attempt("--profile", "late", "up", "--abort-on-container-failure", "db", "failing")
        #expect(failed.status == 7 && failed.errors.contains("Aborting on container failure"), "\(failed)")
        #expect(try await stage("ps", "--services").output == "")
      }
    }

    /// Ended before anybody looks: it counts all the same, and what was not named is left alone.
    @Test func aQuickEndStopsThoseWhoWereNamed() async throws {
      let stack = """
        services:
          quick: { image: busybox, command: ["sh", "-c", "exit 3"] }
          seed: { image: busybox, command: ["true"] }
          long: { image: busybox, init: true, command: ["sleep", "1000"] }
          other: { image: busybox, init: true, command: ["sleep", "1000"] }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach", "other", "seed")
        for _ in 1...3 {
          let ended = try await stage.attempt("up", "--exit-code-from", "quick", "quick", "long")
          #expect(ended.status == 3, "\(ended)")
          #expect(try await stage("ps", "--services").output == "other\n")
        }
        let again = try await stage("up", "--detach", "--scale", "quick=0", "--scale", "long=0")
        #expect(again.errors.contains("warning: shop-seed-1 has done its work and is not run again"), "\(again)")
        #expect(!again.errors.contains("note:") && !again.errors.contains("shop-seed-1  Running"), "\(again)")
        #expect(try await stage("plan", "--scale", "quick=0", "--scale", "long=0", "--detailed-exitcode").output.contains("Nothing to do"))
        let asked = try await stage("up", "seed")
        #expect(asked.output.contains("seed-1 exited with code 0"), "\(asked)")
        let interrupted = try stage.start("up", "long")
        try await interrupted.shows("Attaching to long-1")
        interrupted.signal(SIGINT)
        #expect(await interrupted.end().status == 130)
        #expect(try await stage("ps", "--services").output == "other\n")
      }
    }

    @Test func theFileAtHandSaysWhatIsMeant() async throws {
      let end = "init: true, command: sleep 1000"
      try await Stage.play("services: { a: { image: busybox, \(end) }, c: { image: busybox, \(end), scale: 0 } }") { stage in
        try stage.write("other.yaml", "name: shop\nservices: { z: { image: busybox, \(end) } }")
        #expect(try await stage("ps", "--quiet", "c").output == "")
        let unknown = try await stage.attempt("up", "--exit-code-from", "nobody")
        #expect(unknown.status == 1 && unknown.errors.contains("no such service: nobody"), "\(unknown)")
        let beside = try await stage.attempt("up", "--exit-code-from", "c", "a")
        #expect(beside.status == 1 && beside.errors.contains("--exit-code-from"), "\(beside)")
        #expect(try await stage("ps", "--all", "--quiet").output == "", "nothing was begun")
        try await stage("up", "--detach")
        try await stage("-f", "other.yaml", "up", "--detach")
        let down = try await stage("down", "--timeout", "0")
        #expect(down.errors.contains("Found orphan containers ([shop-z-1])"), "\(down)")
        #expect(try await stage("ps", "--services").output == "z\n")
        try await stage("up", "--detach")
        let all = try await stage.shell("cd / && $muster -p shop down --timeout 0")
        #expect(all.status == 0, "\(all)")
        #expect(try await stage("ps", "--all", "--quiet").output == "")
      }
    }

    /// `up --wait` looks whether what has begun goes on.
    @Test func whatEndsAtOnceHasNotStarted() async throws {
      for restart in ["no", "always"] {
        let stack = "services: { a: { image: busybox, restart: \"\(restart)\", command: [sh, -c, \"exit 1\"] } }"
        try await Stage.play(stack) { stage in
          let up = try await stage.attempt("up", "--wait")
          #expect(up.status == 1 && up.errors.contains("exited (1)"), "\(restart): \(up)")
        }
      }
    }

    /// All that were named, or with `--down-project` the first.
    @Test func waitWaitsForAll() async throws {
      let stack = """
        services:
          quick: { image: busybox, command: [sh, -c, "exit 3"] }
          slow: { image: busybox, command: [sh, -c, "sleep 1.5; exit 4"] }
          long: { image: busybox, init: true, command: [sleep, "1000"] }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let both = try await stage.attempt("wait", "slow", "quick")
        let lines = ["shop-quick-1\" exited with status code 3", "shop-slow-1\" exited with status code 4"]
        #expect(both.status == 4 && both.output == lines.map { "container \"\($0)\n" }.joined(), "\(both)")
        let first = try await stage.attempt("wait", "--down-project", "long", "quick")
        #expect(first.status == 3, "\(first)")
        #expect(try await stage("ps", "--all", "--quiet").output == "")
      }
    }

    @Test func aRunIsChangedByItsFlags() async throws {
      try await Stage.play(Self.stack) { stage in
        try stage.write("vars", "# some\nONE=1\nTWO=2\n")
        let ran = try await stage(
          "run", "--rm", "-T", "--no-deps", "--quiet", "--env-from-file", "vars", "--env", "TWO=two", "--label", "mine=1", "--cap-drop",
          "CHOWN",
          "--pull", "never", "web", "sh", "-c", "echo $ONE $TWO; chown 1:1 /tmp || echo refused")
        #expect(ran.output == "1 two\nrefused\n" && !ran.errors.contains("Container"), "\(ran)")
        try await stage("run", "--detach", "--no-deps", "--name", "labelled", "--label", "mine=1", "web")
        let labels = try await stage("inspect", "--format", "{{.Config.Labels.mine}} {{.Config.Labels.kept}}", "labelled").output
        #expect(labels == "1 yes\n")
        try await stage("container", "rm", "-f", "labelled")
      }
    }

    @Test func startsWaitAndListsChoose() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("create", "--scale", "db=2")
        try await stage("start", "--wait", "--wait-timeout", "60")
        try await stage("start", "--wait", "--wait-timeout", "\(Int.max)")
        #expect(try await stage.containers()["shop-web-1"]?.Health == "healthy")
        for (index, wanted) in [("1", "db-1"), ("2", "db-2")] {
          let lines = try await eventually {
            try await stage("logs", "--index", index, "db").lines
          } until: {
            !$0.isEmpty
          }
          #expect(lines.count == 1 && lines[0].hasPrefix(wanted), "\(lines)")
        }
        let missing = try await stage.attempt("logs", "--index", "3", "db")
        #expect(missing.status == 1 && missing.errors.contains("has no container with index 3"), "\(missing)")
        #expect(try await stage("ls", "--quiet", "--filter", "name=sho").output == "shop\n")
        #expect(try await stage("ls", "--quiet", "--filter", "name=other").output == "")
        #expect(try await stage("ls", "--format", "{{.Name}}: {{.Status}}").output == "shop: running(3)\n")
        #expect(try await stage("ps", "--format", "{{.Service}} {{.State}}", "web").output == "web running\n")
        #expect(try await stage("images", "--format", "table {{.Repository}}\\t{{.Tag}}", "web").lines.last == "busybox      latest")

        // What is in the file no more.
        try stage.write("compose.yaml", "services: { db: { image: busybox, init: true, command: sleep 1000, scale: 2 } }")
        #expect(try await stage("ps", "--all", "--services").output == "db\nweb\n")
        #expect(try await stage("ps", "--all", "--services", "--no-orphans").output == "db\n")
        try await stage("kill", "--remove-orphans", "db")
        #expect(try await stage("ps", "--all", "--services").output == "db\n")
      }
    }

    @Test func whateverIsInspected() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach", "db")
        let found = try await stage("inspect", "shop-db-1", "busybox:latest", "shop_default").output
        for part in ["\"Name\": \"/shop-db-1\"", "\"RepoTags\"", "\"IPAM\""] { #expect(found.contains(part), "\(found)") }
        let missing = try await stage.attempt("inspect", "nothing-of-the-kind")
        #expect(missing.status == 1 && missing.output == "[]\n" && missing.errors.contains("No such object"), "\(missing)")
        let other = try await stage.attempt("inspect", "--type", "image", "shop-db-1")
        #expect(other.status == 1 && other.errors.contains("No such image"), "\(other)")
        let word = try await stage.attempt("rmi", "busybox")
        #expect(word.errors.contains("did you mean \"image rm\"?"), "\(word)")
      }
    }
  }
}
