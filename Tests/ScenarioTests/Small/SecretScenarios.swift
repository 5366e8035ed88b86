import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// The store's secrets, from `secret create` to a file in a container.
  @Suite struct Secrets {
    /// K5, K7, K8, S52: canaries go every way in, and are only where they were sent.
    @Test func canariesAreFoundOnlyInTheContainersThatWereGivenThem() async throws {
      let adopted = "canary-adopted-\(UInt64.random(in: 0 ... .max))"
      let dockerfile = """
        FROM busybox
        RUN --mount=type=secret,id=variable,required=true --mount=type=secret,id=plain,target=/p,required=true \\
          cat /run/secrets/variable /p | wc -c > /count
        """
      let stack = """
        services:
          app:
            image: busybox
            init: true
            user: app
            command: sleep 1000
            secrets:
              - stored
              - { source: stored, target: /etc/app/key, mode: 0400 }
              - { source: owned, uid: "0", gid: "2000", mode: 0440 }
              - plain
              - variable
              - made
            configs: [settings]
          other: { image: busybox, init: true, command: sleep 1000 }
          built:
            build: { context: ., secrets: [variable, plain] }
            init: true
            command: sleep 1000
          db:
            image: mysql:8
            init: true
            command: sleep 1000
            environment: { MYSQL_ROOT_PASSWORD: \(adopted) }
        secrets:
          stored: { external: true, name: shop.db }
          owned: { external: true }
          made: { external: true }
          plain: { file: ./plain.txt }
          variable: { environment: CANARY }
        configs: { settings: { external: true, name: conf } }
        """
      let values = ["stored", "owned", "plain", "variable", "conf", "rotated"].map { "canary-\($0)-\(UInt64.random(in: 0 ... .max))" }
      let (stored, owned, plain, variable, conf, rotated) = (values[0], values[1], values[2], values[3], values[4], values[5])
      try await Stage.play(stack, files: ["Dockerfile": dockerfile], environment: ["CANARY": variable]) { stage in
        // Beside the root: a file that the user keeps is the user's own.
        try stage.write("plain.txt", plain)
        try await TinyImage.write(to: stage.directory + "/../mysql.tar")
        try await stage("image", "import", stage.directory + "/../mysql.tar", "mysql:8")
        var said = [try await stage("secret", "create", "shop.db", "-", "--label", "team=shop", input: stored)]
        said.append(try await stage("secret", "create", "owned", "-", input: owned))
        said.append(try await stage("secret", "create", "conf", "-", input: conf))
        said.append(try await stage("secret", "generate", "made", "--length", "40", "--charset", "hex"))
        said.append(try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD", "--dry-run"))
        said.append(try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD"))
        said.append(try await stage("up", "--detach"))
        #expect(try await stage("exec", "-T", "built", "cat", "/count").output == "\((variable + plain).utf8.count)\n")
        #expect(try await stage("exec", "-T", "db", "cat", "/run/secrets/mysql_root_password").output == adopted)
        func read(_ path: String) async throws -> String { try await stage("exec", "-T", "app", "cat", path).output }
        func owner(_ path: String) async throws -> String { try await stage("exec", "-T", "app", "stat", "-c", "%u:%g %a", path).output }
        #expect(try await read("/run/secrets/stored") == stored)
        #expect(try await read("/etc/app/key") == stored)
        #expect(try await read("/run/secrets/plain") == plain)
        #expect(try await read("/run/secrets/variable") == variable)
        #expect(try await read("/settings") == conf)
        let made = try await read("/run/secrets/made")
        #expect(made.utf8.count == 40 && made.allSatisfy { $0.isHexDigit })
        // The service's user and 0444, whatever the source; else what the entry says.
        for path in ["/run/secrets/stored", "/run/secrets/plain", "/run/secrets/variable", "/run/secrets/made", "/settings"] {
          #expect(try await owner(path) == "1000:1000 444\n", "\(path)")
        }
        #expect(try await owner("/etc/app/key") == "1000:1000 400\n")
        #expect(try await owner("/run/secrets/owned") == "0:2000 440\n")
        #expect(try await read("/run/secrets/owned") == owned, "app is in the group 2000")
        let mount = try await stage("exec", "-T", "app", "grep", " /run/secrets ", "/proc/mounts").output
        #expect(mount.contains("tmpfs ro,nosuid,nodev"), "\(mount)")

        let refused = try await stage.attempt("exec", "-T", "--user", "nobody", "app", "cat", "/etc/app/key")
        #expect(refused.status != 0 && !refused.output.contains(stored), "\(refused)")
        let elsewhere = try await stage.attempt(
          "exec", "-T", "other", "sh", "-c", "cat /run/secrets/* /settings /etc/app/key /proc/[0-9]*/root/run/secrets/* 2>/dev/null")
        #expect(elsewhere.output.isEmpty, "\(elsewhere)")
        let pid = try #require(try await stage.pid(of: "/etc/app/key"))
        let asRoot = try await run("cat", "/proc/\(pid)/root/run/secrets/stored")
        #expect(asRoot.output == stored, "this is the way that others must not have")
        let asNobody = try await run(
          "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "cat", "/proc/\(pid)/root/run/secrets/stored")
        #expect(asNobody.status != 0 && asNobody.output.isEmpty, "\(asNobody)")

        said.append(try await stage("secret", "rotate", "shop.db", "-", input: rotated))
        #expect(try await read("/run/secrets/stored") == rotated)
        #expect(try await read("/etc/app/key") == rotated)
        #expect(try await owner("/etc/app/key") == "1000:1000 400\n")
        said.append(try await stage("secret", "rotate-key"))
        said.append(try await stage("logs"))
        try await stage.expectHidden(values + [made, adopted], said: said)
        try await stage.expectForgotten(values + [made, adopted])
        // K4: nothing is left of them once their container is gone.
        try await stage("down", "--timeout", "0")
        #expect(!exists("/proc/\(pid)/root/run/secrets/stored"))
      }
    }

    @Test func rotationReachesRunningContainers() async throws {
      let stack = """
        services:
          quiet: { image: busybox, init: true, command: sleep 1000, secrets: [{ source: db, target: /conf/db }, db] }
          hup:
            image: busybox
            command: ["sh", "-c", "trap 'echo got HUP: $$(cat /run/secrets/db)' HUP; echo ready; while :; do sleep 0.05; done"]
            secrets: [db]
            x-muster: { on_secret_change: signal SIGHUP }
          again:
            image: busybox
            init: true
            command: ["sh", "-c", "echo began with $$(cat /run/secrets/db); sleep 1000"]
            secrets: [db]
            x-muster: { on_secret_change: restart }
        secrets: { db: { external: true } }
        """
      try await Stage.play(stack) { stage in
        try await stage("secret", "create", "db", "-", input: "first-value")
        try await stage("up", "--detach")
        _ = try await eventually {
          try await stage("logs", "hup").output
        } until: {
          $0.contains("ready")
        }
        let ids = try await stage.containers().mapValues(\.ID)
        let told = try await stage("secret", "rotate", "db", "-", input: "second-value")
        #expect(told.output == "db version 2\n")
        #expect(told.errors.contains("shop-quiet-1: its file has the new value\n"), "\(told)")
        #expect(told.errors.contains("shop-hup-1: its file has the new value, and it got SIGHUP\n"), "\(told)")
        #expect(told.errors.contains("shop-again-1: restarted with the new value\n"), "\(told)")
        for service in ["quiet", "hup", "again"] {
          #expect(try await stage("exec", "-T", service, "cat", "/run/secrets/db").output == "second-value", "\(service)")
        }
        #expect(try await stage("exec", "-T", "quiet", "cat", "/conf/db").output == "second-value", "a file that is bound elsewhere")
        #expect(try await stage.attempt("exec", "-T", "quiet", "sh", "-c", "echo x >/conf/db || echo x >/run/secrets/db").status != 0)
        let logs = try await eventually {
          try await stage("logs").output
        } until: {
          $0.contains("got HUP: second-value") && $0.contains("began with second-value")
        }
        #expect(logs.contains("got HUP: second-value") && logs.contains("began with first-value"), "\(logs)")
        #expect(logs.contains("began with second-value"), "\(logs)")
        #expect(try await stage.containers().mapValues(\.ID) == ids, "containers were made anew")
        #expect(!(try await stage("plan").output.contains("secrets.db")), "what was delivered is still to be done")

        let inspected = try await stage("secret", "inspect", "db").output
        #expect(inspected.contains("\"shop-quiet-1\"") && !inspected.contains("value\""), "\(inspected)")
        let refused = try await stage.attempt("secret", "rm", "db")
        #expect(refused.status == 1 && refused.errors.contains("in use by shop-again-1, shop-hup-1, shop-quiet-1"), "\(refused)")

        // One that does not run gets it at its start; until then the plan says so.
        try await stage("stop", "--timeout", "0", "quiet")
        try await stage("secret", "rotate", "db", "-", input: "third-value")
        let plan = try await stage("plan")
        #expect(plan.output.contains("secrets.db ") && plan.output.contains("changed") && !plan.output.contains("third"), "\(plan)")
        try await stage("start", "quiet")
        #expect(try await stage("exec", "-T", "quiet", "cat", "/conf/db").output == "third-value")
        #expect(!(try await stage("plan").output.contains("secrets.db")))

        // Back, by one command.
        try await stage("secret", "rotate", "db", "--to-version", "1")
        #expect(try await stage("exec", "-T", "hup", "cat", "/run/secrets/db").output == "first-value")
        try await stage("down", "--timeout", "0")
        try await stage("secret", "rm", "db")
        #expect(try await stage("secret", "ls", "--quiet").output.isEmpty)
      }
    }

    /// A file of the host has changed: `up` renews it where the service says what to do then, and makes the other container anew.
    @Test func upRenewsAChangedFileInPlace() async throws {
      let stack = """
        services:
          hup:
            image: busybox
            command: ["sh", "-c", "trap 'echo got HUP: $$(cat /run/secrets/db)' HUP; echo ready; while :; do sleep 0.05; done"]
            secrets: [db]
            x-muster: { on_secret_change: signal SIGHUP }
          anew: { image: busybox, init: true, command: sleep 1000, secrets: [db] }
        secrets: { db: { file: ./db.txt } }
        """
      try await Stage.play(stack, files: ["db.txt": "first-value"]) { stage in
        try await stage("up", "--detach")
        _ = try await eventually {
          try await stage("logs", "hup").output
        } until: {
          $0.contains("ready")
        }
        let before = try await stage.containers().mapValues(\.ID)
        try stage.write("db.txt", "second-value")
        let plan = try await stage("plan")
        #expect(plan.output.contains("± container shop-hup-1") && plan.output.contains("update"), "\(plan)")
        #expect(plan.output.contains("~ container shop-anew-1") && !plan.output.contains("second-value"), "\(plan)")
        try await stage("up", "--detach", "--timeout", "0")
        let after = try await stage.containers().mapValues(\.ID)
        #expect(after["shop-hup-1"] == before["shop-hup-1"] && after["shop-anew-1"] != before["shop-anew-1"])
        for service in ["hup", "anew"] {
          #expect(try await stage("exec", "-T", service, "cat", "/run/secrets/db").output == "second-value")
        }
        let logs = try await eventually {
          try await stage("logs", "hup").output
        } until: {
          $0.contains("got HUP: second-value")
        }
        #expect(logs.contains("got HUP: second-value"), "\(logs)")
        #expect(try await stage("plan").output.contains("Nothing to do"))
      }
    }

    @Test func whatIsMissingIsToldBeforeAnythingIsMade() async throws {
      let stack = """
        services:
          one: { image: busybox, command: sleep 1000 }
          two: { image: busybox, command: sleep 1000, secrets: [db], configs: [settings], depends_on: [one] }
        secrets: { db: { external: true, name: shop_db } }
        configs: { settings: { external: true } }
        """
      try await Stage.play(stack) { stage in
        let refused = try await stage.attempt("up", "--detach")
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.errors.contains("there is no secret \"shop_db\""), "\(refused)")
        #expect(refused.errors.contains("muster secret create shop_db FILE"), "\(refused)")
        #expect(try await stage.containers().isEmpty)
        try await stage("secret", "create", "shop_db", "-", input: "value")
        let second = try await stage.attempt("up", "--detach")
        #expect(second.errors.contains("muster secret create settings FILE"), "\(second)")
        #expect(try await stage.containers().isEmpty)
        try await stage("secret", "generate", "settings")
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "two", "cat", "/run/secrets/db").output == "value")
      }
    }

    @Test func theCommandsOfSecrets() async throws {
      try await Stage.play("services: {}") { stage in
        try stage.write("value", "from a file\n")
        let id = try await stage("secret", "create", "a.b-c_1", "value", "-l", "team=shop", "--label", "bare").output
        #expect(id.utf8.count == 26)
        #expect(try await stage("secret", "ls").output.hasPrefix("ID "))
        try await stage("secret", "create", "other", "-", input: "x")
        #expect(try await stage("secret", "ls", "-q", "--filter", "name=a.").output == id)
        #expect(try await stage("secret", "ls", "-q", "--filter", "label=team=shop").output == id)
        #expect(try await stage("secret", "ls", "--filter", "label=none", "--format", "json").output.isEmpty)
        #expect(try await stage.attempt("secret", "ls", "--filter", "driver=x").status == 1)
        let inspected = try await stage("secret", "inspect", String(id.dropLast()))
        #expect(inspected.output.contains("\"Size\": 12") && !inspected.output.contains("from a file"), "\(inspected)")
        let both = try await stage("secret", "inspect", "none", "other", status: 1)
        #expect(both.errors.contains("there is no secret \"none\"") && both.output.contains("\"Name\": \"other\""), "\(both)")
        for (arguments, words) in [
          (["create", "other", "value"], "already"), (["create", "bad/name", "value"], "is not a name for a secret"),
          (["create", "new", "missing"], "missing: No such file"), (["create", "new", "/dev/null"], "is not a file"),
          (["rotate", "none", "value"], "there is no secret \"none\""), (["rotate", "other"], "Give a file"),
          (["rotate", "other", "--to-version", "7"], "has no version 7"),
          (["generate", "new", "--charset", "klingon"], "is not a set of characters"),
          (["generate", "new", "--length", "0"], "length of 0"), (["rotate-key", "--to", "tpm"], "is not a place for a key"),
        ] {
          let refused = try await stage.muster(["secret"] + arguments, in: stage.directory)
          #expect(refused.status != 0 && refused.errors.contains(words), "\(refused)")
        }
        let removed = try await stage("secret", "rm", "none", "other", status: 1)
        #expect(removed.output == "other\n" && removed.errors.contains("there is no secret \"none\""), "\(removed)")
        #expect(try await stage("secret", "ls", "-q").lines.count == 1)
      }
    }

    /// What the engine tells goes without the values that it was given as secrets.
    @Test func valuesAreTakenOutOfErrorsAndEvents() async throws {
      let value = "hunter2-\(UInt64.random(in: 0 ... .max))"
      let stack = """
        services:
          app: { image: busybox, command: ["/bin/${CANARY}"], secrets: [db] }
        secrets: { db: { environment: CANARY } }
        """
      try await Stage.play(stack, environment: ["CANARY": value]) { stage in
        let events = try stage.start("events")
        let failed = try await stage.attempt("--progress", "plain", "up", "--detach")
        #expect(failed.status == 1 && failed.errors.contains("***") && !failed.errors.contains(value), "\(failed)")
        let config = try await stage("config")
        #expect(!config.output.contains(value), "\(config)")
        events.signal(SIGINT)
        let told = await events.end()
        #expect(!told.output.contains(value) && !told.errors.contains(value), "\(told)")
      }
    }
  }
}
