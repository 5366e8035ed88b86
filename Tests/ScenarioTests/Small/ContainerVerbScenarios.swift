import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// What people do to running containers, by service and by name.
  @Suite struct ContainerVerbs {
    static let stack = """
      services:
        web: { image: busybox, init: true, command: "sh -c 'i=0; while :; do i=$$((i+1)); echo $$i >/count; sleep 0.05; done'" }
        cat: { image: busybox, init: true, command: cat, stdin_open: true }
        job: { image: busybox, command: "sh -c 'echo done; exit 7'" }
        data: { image: busybox, init: true, command: sleep 1000, volumes: ["kept:/kept", "/own"] }
      volumes: { kept: {} }
      """

    private func play(_ services: String..., scenario: (Stage) async throws -> Void) async throws {
      try await Stage.play(Self.stack) { stage in
        let up = try await stage.muster(["up", "--detach"] + services, in: stage.directory)
        try up.expect()
        try await scenario(stage)
      }
    }

    @Test func pausedProcessesStandStill() async throws {
      try await play("web") { stage in
        try await stage("pause", "web")
        #expect(try await stage("ps", "--format", "json").output.contains("\"State\":\"paused\""))
        #expect(try await stage("ps").output.contains("(Paused)"))
        try await stage("container", "cp", "shop-web-1:/count", "one")
        try await Task.sleep(for: .milliseconds(300))
        try await stage("container", "cp", "shop-web-1:/count", "two")
        #expect(try readText(stage.directory + "/one") == readText(stage.directory + "/two"))
        for (words, refusal) in [
          (["pause", "web"], ""), (["container", "pause", "shop-web-1"], "is already paused"),
          (["exec", "-T", "web", "true"], "is paused, unpause the container before exec"),
          (["container", "start", "shop-web-1"], "cannot start a paused container"),
          (["container", "attach", "shop-web-1"], "cannot attach to a paused container"),
          (["container", "rm", "shop-web-1"], "container is paused"),
        ] {
          let outcome = try await stage.muster(words, in: stage.directory)
          #expect(refusal.isEmpty ? outcome.status == 0 : outcome.status == 1 && outcome.errors.contains(refusal), "\(outcome)")
        }
        // The next engine finds it as it is.
        #expect(await stage.muster.endEngine(SIGKILL))
        #expect(try await stage("ps").output.contains("(Paused)"))
        try await stage("unpause", "web")
        #expect(try await stage("exec", "-T", "web", "true").status == 0)
        let again = try await stage.attempt("container", "unpause", "shop-web-1")
        #expect(again.status == 1 && again.errors.contains("is not paused"), "\(again)")
        // It can be ended all the same.
        for verb in ["stop", "kill"] {
          try await stage("pause", "web")
          try await stage("container", verb, "shop-web-1")
          #expect(try await stage("ps", "--all", "--format", "json").output.contains("\"State\":\"exited\""), "\(verb)")
          try await stage("start", "web")
        }
        try await stage("pause", "web")
        try await stage("container", "rm", "-f", "shop-web-1")
        #expect(try await stage("ps", "--all", "-q").output.isEmpty)
      }
    }

    @Test func whatItUsesAndRuns() async throws {
      try await play("web") { stage in
        let top = try await stage("top", "web").output
        #expect(top.hasPrefix("shop-web-1\n") && top.contains("PPID") && top.contains("while :;"), "\(top)")
        let rows = try await stage("container", "top", "shop-web-1").lines
        #expect(rows.first?.split(separator: " ").map(String.init) == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"])
        #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("root ") } && rows.count >= 3)
        let chosen = try await stage.attempt("container", "top", "shop-web-1", "-o", "pid,comm")
        #expect(chosen.status == 0 ? chosen.lines.first?.contains("COMMAND") == true : chosen.errors.contains("no ps"), "\(chosen)")
        let stats = try await stage("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}} {{.CPUPerc}} {{.MemUsage}}").output
        #expect(stats.hasPrefix("shop-web-1 ") && stats.contains("%") && stats.contains("iB / "), "\(stats)")
        #expect(try await stage("container", "stats", "--no-stream").lines.count == 2)
        let missing = try await stage.attempt("container", "stats", "--no-stream", "nobody")
        #expect(missing.status == 1 && missing.errors.contains("no such container"), "\(missing)")
      }
    }

    @Test func attachingAndLeaving() async throws {
      try await play("cat") { stage in
        // Who looks on may leave, and takes nothing away.
        let seen = try await stage.shell(
          """
          mkfifo in
          for word in one two; do
            : >out
            "$muster" container attach shop-cat-1 <in >out & pid=$!
            exec 3>in; echo $word >&3
            until [ -s out ]; do sleep 0.05; done
            exec 3>&-; kill -9 $pid; cat out
          done
          """)
        #expect(seen.output == "one\ntwo\n", "\(seen)")
        #expect(try await stage("container", "inspect", "-f", "{{.State.Status}}", "shop-cat-1").output == "running\n")
        try await stage("container", "kill", "shop-cat-1")
        let ended = try await stage.attempt("attach", "cat")
        #expect(ended.status == 1 && ended.errors.contains("cannot attach to a stopped container"), "\(ended)")
        let again = try await stage("container", "start", "-a", "-i", "shop-cat-1", input: "once more\n")
        #expect(again.output == "once more\n")
        try await stage("container", "start", "shop-cat-1")
        let bad = try await stage.attempt("container", "attach", "--detach-keys", "ctrl-", "shop-cat-1")
        #expect(bad.status == 1 && bad.errors.contains("is no key"), "\(bad)")
      }
    }

    @Test func namesAndIds() async throws {
      try await play("web") { stage in
        let id = String(try await stage("ps", "-q").output.prefix(64))
        let short = String(id.prefix(12))
        try await stage("container", "rename", short, "other")
        #expect(try await stage("container", "exec", "other", "hostname").output == short + "\n")
        #expect(try await stage("container", "exec", String(id.prefix(3)), "echo", "by prefix").output == "by prefix\n")
        let taken = try await stage.attempt("container", "rename", "other", "other")
        #expect(taken.status == 1 && taken.errors.contains("same name as its current name"), "\(taken)")
        let invalid = try await stage.attempt("container", "rename", "other", "a/b")
        #expect(invalid.status == 1 && invalid.errors.contains("Invalid container name (a/b)"), "\(invalid)")
        let refused = try await stage.attempt("container", "rm", "other")
        #expect(refused.status == 1 && refused.errors.contains("container is running"), "\(refused)")
        for words in [["stop", "-t", "0", "other"], ["start", "other"], ["restart", "-t", "0", "other"], ["kill", "other"]] {
          let outcome = try await stage.muster(["container"] + words, in: stage.directory).expect()
          #expect(outcome.output == "other\n", "\(outcome)")
        }
        #expect(try await stage("container", "wait", "other").output == "137\n")
        let down = try await stage.attempt("container", "kill", "other")
        #expect(down.status == 1 && down.errors.contains("is not running"), "\(down)")
        // Nothing to do is fine.
        try await stage("container", "stop", "other")
        let part = try await stage.attempt("container", "rm", "other", "nobody")
        #expect(part.status == 1 && part.output == "other\n" && part.errors.contains("no such container: nobody"), "\(part)")
        #expect(try await stage.attempt("container", "rm", "-f", "nobody").status == 0)
      }
    }

    @Test func endsAndLogs() async throws {
      try await play("job") { stage in
        #expect(try await stage("container", "wait", "shop-job-1").output == "7\n")
        #expect(try await stage("container", "logs", "shop-job-1").output == "done\n")
        let again = try await stage.attempt("container", "start", "-a", "shop-job-1")
        #expect(again.status == 7 && again.output == "done\n", "\(again)")
        #expect(try await stage("container", "logs", "--tail", "1", "shop-job-1").output == "done\n")
        // Of no stack as well.
        try await stage("container", "run", "--network", "none", "--name", "alone", "busybox", "sh", "-c", "echo one; echo two")
        #expect(try await stage("container", "logs", "alone").output == "one\ntwo\n")
        #expect(try await stage("container", "logs", "--follow", "--tail", "1", "alone").output == "two\n")
        #expect(try await stage("container", "prune", "--force").output.contains("Deleted Containers:"))
        #expect(try await stage("ps", "--all", "-q").output.isEmpty)
      }
    }

    @Test func scaleAndUpdate() async throws {
      try await play("data") { stage in
        try await stage("scale", "data=3")
        #expect(try await stage("ps", "-q").lines.count == 3)
        try await stage("scale", "data=1")
        #expect(try await stage("ps", "-q").lines.count == 1)
        let unknown = try await stage.attempt("scale", "dta=1")
        #expect(unknown.status == 1 && unknown.errors.contains("dta"), "\(unknown)")
        try await stage("container", "update", "--memory", "64m", "--memory-swap", "64m", "--restart", "on-failure:3", "shop-data-1")
        let limit = try await stage("container", "stats", "--no-stream", "--format", "{{.MemUsage}}", "shop-data-1").output
        #expect(limit.hasSuffix("/ 64.0MiB\n"), "\(limit)")
        #expect(try await stage.attempt("container", "update", "shop-data-1").status == 1)
      }
    }

    @Test func volumes() async throws {
      try await play("data") { stage in
        #expect(try await stage("volumes", "-q").lines.contains("shop_kept"))
        #expect(try await stage("volume", "create", "--label", "team=shop", "mine").output == "mine\n")
        #expect(try await stage("volume", "ls", "-q", "--filter", "label=team=shop").output == "mine\n")
        #expect(try await stage("volume", "ls", "--filter", "dangling=true", "--format", "{{.Name}}").output == "mine\n")
        #expect(try await stage("volume", "inspect", "-f", "{{.Mountpoint}}", "mine").output.hasSuffix("/volumes/mine/_data\n"))
        let used = try await stage.attempt("volume", "rm", "shop_kept")
        #expect(used.status == 1 && used.errors.contains("still uses it"), "\(used)")
        let unknown = try await stage.attempt("volume", "inspect", "min")
        #expect(unknown.status == 1 && unknown.errors.contains("did you mean \"mine\"?"), "\(unknown)")
        // Only anonymous ones go, unless all are meant.
        try await stage("rm", "-fs", "data")
        let pruned = try await stage("volume", "prune", "--force").output
        #expect(pruned.contains("Deleted Volumes:") && !pruned.contains("mine"), "\(pruned)")
        #expect(try await stage("volume", "ls", "-q").lines == ["mine", "shop_kept"])
        try await stage("volume", "prune", "--force", "--all", "--filter", "label=team")
        #expect(try await stage("volume", "ls", "-q").lines == ["shop_kept"])
        #expect(try await stage.attempt("volume", "rm", "gone").status == 1)
        #expect(try await stage.attempt("volume", "rm", "-f", "gone").status == 0)
      }
    }

    @Test func runningAnImage() async throws {
      try await play("web") { stage in
        let shop = stage.directory
        #expect(try await stage("container", "run", "--rm", "busybox", "echo", "$HOME").output == "$HOME\n")
        #expect(try await stage("container", "run", "--rm", "-i", "busybox", "cat", input: "in and out\n").output == "in and out\n")
        for (words, status) in [(["false"], 1), (["/nowhere"], 127), (["/etc"], 126), (["sh", "-c", "exit $((4 + 5))"], 9)] {
          let outcome = try await stage.muster(["container", "run", "--rm", "busybox"] + words, in: shop)
          #expect(outcome.status == Int32(status), "\(outcome)")
        }
        for words in [["--memory", "much"], ["--mount", "type=bind,frobnicate=1"], ["--pull", "maybe"], ["--restart", "always"]] {
          let outcome = try await stage.muster(["container", "run", "--rm"] + words + ["busybox", "true"], in: shop)
          #expect(outcome.status == 125, "\(outcome)")
        }
        let absent = try await stage.attempt("container", "run", "--pull", "never", "no-such-image", "true")
        #expect(absent.status == 125 && absent.errors.contains("is not on this machine"), "\(absent)")

        try stage.write("given/file", "given\n")
        try stage.write("vars", "# these\nFROM_FILE=a b\n")
        let id = try await stage(
          "container", "run", "-d", "--name", "shell", "--cidfile", shop + "/cid", "-e", "A=1", "--env-file", "vars", "-v", "./given:/given:ro",
          "-v", "named:/named", "--mount", "type=tmpfs,target=/t,tmpfs-size=1m", "-w", "/named", "-h", "box", "--label", "team=shop",
          "--memory", "64m", "--cap-drop", "ALL", "--init", "--add-host", "db:10.0.0.9", "--restart", "unless-stopped", "busybox", "sleep", "1000"
        ).output
        #expect(try readText(shop + "/cid") + "\n" == id)
        let seen = try await stage("container", "exec", "shell", "sh", "-c", "echo $A $FROM_FILE; pwd; hostname; cat /given/file; grep db /etc/hosts").output
        #expect(seen.hasPrefix("1 a b\n/named\nbox\ngiven\n") && seen.contains("10.0.0.9"), "\(seen)")
        #expect(try await stage("container", "exec", "shell", "grep", "CapEff", "/proc/self/status").output.contains("0000000000000000"))
        let taken = try await stage.attempt("container", "create", "--name", "shell", "busybox", "true")
        #expect(taken.status == 125 && taken.errors.contains("already in use"), "\(taken)")

        // Beside the stack's, and in no stack.
        #expect(try await stage("container", "ls", "--format", "{{.Names}}").lines.sorted() == ["shell", "shop-web-1"])
        #expect(try await stage("container", "ls", "-q", "--no-trunc", "--filter", "label=team=shop").output == id)
        #expect(try await stage("container", "ls", "--filter", "status=paused", "-q").output.isEmpty)
        #expect(try await stage("container", "ls", "--format", "table {{.Names}}\t{{.Label \"team\"}}", "-f", "name=shell").lines.last?.hasSuffix("shop") == true)
        #expect(try await stage("ps", "--format", "json").lines.count == 1)
        #expect(try await stage("container", "inspect", "-f", "{{.Name}} {{.State.Status}} {{.HostConfig.Memory}}", "shell").output == "/shell running 67108864\n")
        #expect(try await stage("container", "inspect", "shell").output.contains("\"RestartPolicy\""))

        // Names on the default network, and ports.
        try await stage("container", "run", "-d", "--name", "site", "-p", "127.0.0.1::80", "busybox", "sleep", "1000")
        #expect(try await stage("container", "port", "site").output.hasPrefix("80/tcp -> 127.0.0.1:"))
        #expect(try await stage("container", "exec", "shell", "nslookup", "site").status == 0)
        try await stage("container", "create", "--name", "later", "busybox", "echo", "later")
        #expect(try await stage("container", "start", "-a", "later").output == "later\n")
        try await stage("container", "rm", "-fv", "shell", "site", "later")
        try await stage("volume", "rm", "named")
        try await stage("network", "rm", "bridge")
      }
    }

    @Test func completion() async throws {
      try await play("web") { stage in
        #expect(try await stage("__complete", "exec", "w").output == "web\n")
        #expect(try await stage("__complete", "container", "rm", "shop").output == "shop-web-1\n")
        #expect(try await stage("__complete", "cp", "").lines.contains("web:"))
        #expect(try await stage("__complete", "image", "rm", "busy").output == "busybox:latest\n")
        #expect(try await stage("__complete", "unp").output == "unpause\n")
        #expect(try await stage("__complete", "logs", "--ta").output == "--tail\n")
        #expect(try await stage("__complete", "-p", "nobody", "exec", "zz").output.isEmpty)
        for shell in ["bash", "zsh", "fish"] { #expect(try await stage("completion", shell).output.contains("__complete")) }
        let bash = try await stage.shell("""
          PATH=$(dirname "$muster"):$PATH; eval "$("$muster" completion bash)"
          COMP_WORDS=(muster exec w) COMP_CWORD=2 COMP_LINE="muster exec w" COMP_POINT=13; _muster; echo "${COMPREPLY[@]}"
          """, by: "bash")
        #expect(bash.output == "web\n", "\(bash)")
      }
    }
  }
}
