import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// What changes in a container while it runs: its first process stays.
  @Suite struct Updates {
    /// What is read inside, from the first of the files that is there.
    private func inside(_ stage: Stage, _ service: String, _ files: String...) async throws -> String {
      let words = files.map { "cat \($0) 2>/dev/null" }.joined(separator: " || ")
      return try await stage("exec", "-T", service, "sh", "-c", words).output.trimmed
    }

    /// `up` in place: the plan says so, the process is the same, and there is nothing left to do.
    private func update(_ stage: Stage, _ stack: String, says words: String..., sourceLocation: SourceLocation = #_sourceLocation)
      async throws
    {
      let pid = try #require(try await stage.pid(ofService: "shop-web-1"), sourceLocation: sourceLocation)
      try stage.write("compose.yaml", stack)
      let plan = try await stage("plan")
      #expect(plan.output.contains("± container shop-web-1"), "\(plan)", sourceLocation: sourceLocation)
      #expect(plan.output.contains("update in place"), "\(plan)", sourceLocation: sourceLocation)
      for word in words { #expect(plan.output.contains(word), "\(plan)", sourceLocation: sourceLocation) }
      let done = try await stage("up", "--detach")
      #expect(done.errors.contains("Updated"), "\(done)", sourceLocation: sourceLocation)
      #expect(try await stage.pid(ofService: "shop-web-1") == pid, "another process", sourceLocation: sourceLocation)
      #expect(try await stage("plan").output.hasPrefix("Nothing to do"), sourceLocation: sourceLocation)
    }

    private func stack(_ lines: String, networks: String = "{}") -> String {
      """
      services:
        web:
          image: busybox
          init: true
          command: ["sh", "-c", "mkdir -p /tmp/www; echo page >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www"]
          \(lines.split(separator: "\n").joined(separator: "\n    "))
        client: { image: busybox, init: true, command: sleep 1000, networks: [back] }
      networks: { default: {}, back: {}, own: { ipam: { config: [{ subnet: 10.231.77.0/24 }] } } }
      """
    }

    @Test func limits() async throws {
      try await Stage.play(stack("mem_limit: 64m")) { stage in
        try await stage("up", "--detach")
        let memory = ["/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max"]
        let pids = ["/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max"]
        #expect(try await inside(stage, "web", memory[0], memory[1]) == "67108864")
        try await update(
          stage, stack("mem_limit: 256m\npids_limit: 77\ncpus: 0.5"), says: "mem_limit    64m → 256m", "pids_limit   added 77")
        #expect(try await inside(stage, "web", memory[0], memory[1]) == "268435456")
        #expect(try await inside(stage, "web", pids[0], pids[1]) == "77")
        #expect(
          ["50000", "50000 100000"].contains(
            try await inside(stage, "web", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu.max")))
        try await update(stage, stack("mem_limit: 32m"), says: "pids_limit   removed 77", "cpus         removed 0.5")
        #expect(try await inside(stage, "web", memory[0], memory[1]) == "33554432")
        #expect(try await inside(stage, "web", pids[0], pids[1]) == "max")
        #expect(
          ["-1", "max 100000"].contains(try await inside(stage, "web", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu.max")))
        // It lives on with an engine that finds it, and then the limit goes altogether.
        #expect(await stage.muster.endEngine(9))
        try await update(stage, stack("stop_grace_period: 1s"), says: "mem_limit           removed 32m")
        #expect(["9223372036854771712", "max"].contains(try await inside(stage, "web", memory[0], memory[1])))
      }
    }

    @Test func aLimitBelowWhatIsUsedIsRefused() async throws {
      let filling = "tmpfs: [\"/fill:size=64m\"]\nmem_limit: "
      try await Stage.play(stack(filling + "128m")) { stage in
        try await stage("up", "--detach")
        try await stage("exec", "-T", "web", "dd", "if=/dev/zero", "of=/fill/x", "bs=1M", "count=40")
        try stage.write("compose.yaml", stack(filling + "16m"))
        let refused = try await stage.attempt("up", "--detach")
        #expect(refused.status == 1 && refused.errors.contains("more than the new mem_limit"), "\(refused)")
        #expect(try await stage.containers()["shop-web-1"]?.State == "running")
        #expect(
          try await inside(stage, "web", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max") == "134217728")
        // The next one goes on from there.
        try await stage("exec", "-T", "web", "rm", "/fill/x")
        try await stage("up", "--detach")
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"))
      }
    }

    @Test func networksConnectedAndDisconnected() async throws {
      try await Stage.play(stack("")) { stage in
        try await stage("up", "--detach")
        @Sendable func answers(_ name: String) async throws -> Bool {
          try await stage.attempt("exec", "-T", "client", "timeout", "3", "wget", "-q", "-O", "-", "http://\(name)/").output == "page\n"
        }
        func routes() async throws -> String { try await stage("exec", "-T", "web", "ip", "route").output }
        #expect(try await !answers("web"))
        let before = try await stage("exec", "-T", "web", "ip", "-o", "-4", "addr", "show", "eth0").output
        try await update(
          stage,
          stack(
            "networks: { default: {}, back: { aliases: [site] }, own: { ipv4_address: 10.231.77.9, mac_address: \"02:00:00:00:77:09\" } }"),
          says: "networks.shop_back   added aliases [site]", "networks.shop_own    added address 10.231.77.9")
        #expect(
          try await eventually {
            try await answers("site")
          } until: {
            $0
          })
        #expect(try await answers("web"))
        #expect(try await stage("exec", "-T", "web", "ip", "-o", "-4", "addr", "show", "eth0").output == before, "what stays is touched")
        let addresses = try await stage("exec", "-T", "web", "ip", "addr").output
        #expect(addresses.contains("10.231.77.9/24") && addresses.contains("02:00:00:00:77:09"), "\(addresses)")
        #expect(try await stage("exec", "-T", "web", "cat", "/etc/hosts").output.contains("10.231.77.9"))
        #expect(try await routes().contains("default via"))
        // The engine that comes next knows of it.
        #expect(await stage.muster.endEngine(9))
        #expect(try await answers("site"))
        // Other names and another address; the first network goes, and with it the way out.
        try await update(
          stage, stack("networks: { back: { aliases: [place] }, own: { ipv4_address: 10.231.77.10 } }"),
          says: "networks.shop_default   removed attached")
        #expect(
          try await eventually {
            try await answers("place")
          } until: {
            $0
          })
        #expect(try await !answers("site"), "a name that is taken away")
        let later = try await stage("exec", "-T", "web", "ip", "addr").output
        #expect(later.contains("10.231.77.10/24") && !later.contains("10.231.77.9/"), "\(later)")
        #expect(!later.contains("eth0"), "the interface of the network that it left: \(later)")
        let route = try await routes()
        #expect(route.contains("default via") && route.split(separator: "\n").count { $0.hasPrefix("default") } == 1, "\(route)")
        try await update(stage, stack("networks: { default: {} }"))
        #expect(try await !answers("place"))
        #expect(try await routes().contains("default via"))
        // A start finds what the changes have left.
        try await stage("restart", "--timeout", "0", "web")
        #expect(try await routes().contains("default via"))
      }
    }

    @Test func portsAddedAndRemoved() async throws {
      let (first, second) = (try freePort(), try freePort())
      try await Stage.play(stack("ports: [\"127.0.0.1:\(first):80\"]")) { stage in
        try await stage("up", "--detach")
        @Sendable func answers(_ port: UInt16) async throws -> Bool {
          try await run("curl", "--silent", "--max-time", "3", "http://127.0.0.1:\(port)/").output == "page\n"
        }
        #expect(
          try await eventually {
            try await answers(first)
          } until: {
            $0
          })
        #expect(try await !answers(second))
        try await update(
          stage, stack("ports: [\"127.0.0.1:\(first):80\", \"127.0.0.1:\(second):80\"]"), says: "ports   [127.0.0.1:\(first):80/tcp] → [")
        #expect(try await answers(first))
        #expect(try await answers(second))
        #expect(await stage.muster.endEngine(9))
        try await stage("ps")
        #expect(try await answers(second))
        // From one address of the host to all, on the same port; and the other one goes.
        try await update(stage, stack("ports: [\"\(second):80\"]"))
        #expect(try await answers(second))
        #expect(try await !answers(first))
        let holder = try PortHolder(port: first)
        try stage.write("compose.yaml", stack("ports: [\"\(second):80\", \"\(first):80\"]"))
        let refused = try await stage.attempt("up", "--detach")
        #expect(refused.status == 1 && refused.errors.contains("\(first)/tcp is already taken"), "\(refused)")
        #expect(try await answers(second), "what could not be done has taken something away")
        withExtendedLifetime(holder) {}
      }
    }

    @Test func restartPolicyHealthAndLabels() async throws {
      let stack = { (lines: String) in
        """
        services:
          web:
            image: busybox
            command: ["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.05; done"]
            \(lines.split(separator: "\n").joined(separator: "\n    "))
        """
      }
      try await Stage.play(stack("labels: { a: \"1\" }")) { stage in
        try await stage("up", "--detach")
        try await update(
          stage, stack("labels: { b: \"2\" }\nrestart: always\nstop_grace_period: 1s\nhealthcheck: { test: \"true\", interval: 1s }"),
          says: "labels.a            removed 1", "labels.b            added 2", "restart             no → always",
          "healthcheck         added")
        let healthy = try await stage.container("shop-web-1") { $0.Health == "healthy" }
        #expect(healthy?.Health == "healthy", "the new check is not made")
        // The new policy holds.
        let pid = try #require(try await stage.pid(ofService: "shop-web-1"))
        kill(pid, SIGKILL)
        let next = try await eventually {
          try await stage.pid(ofService: "shop-web-1")
        } until: {
          $0 != nil && $0 != pid
        }
        #expect(next != nil && next != pid, "it is not started again")
        try await update(stage, stack("restart: \"no\""), says: "healthcheck         removed")
        let last = try #require(try await stage.pid(ofService: "shop-web-1"))
        kill(last, SIGKILL)
        let ended = try await stage.container("shop-web-1") { $0.State == "exited" }
        #expect(ended?.State == "exited" && ended?.Health ?? "" == "")
      }
    }

    /// The engine dies at some moment of an update: the next `up` comes to the same end, with the same process and nothing left over.
    @Test func theEnginesDeathMeanwhile() async throws {
      let ports = [try freePort(), try freePort()]
      let stacks = [
        stack("mem_limit: 64m\nports: [\"127.0.0.1:\(ports[0]):80\"]"),
        stack("mem_limit: 128m\npids_limit: 70\nports: [\"127.0.0.1:\(ports[1]):80\"]\nnetworks: { back: { aliases: [site] }, own: {} }"),
      ]
      var random = SeededRandom(seed: 20)
      try await Stage.play(stacks[0]) { stage in
        try await stage("up", "--detach")
        let pid = try await stage.pid(ofService: "shop-web-1")
        for round in 1...6 {
          let wanted = round % 2
          try stage.write("compose.yaml", stacks[wanted])
          let under = try stage.start("up", "--detach")
          try await Task.sleep(for: .milliseconds(Int.random(in: 5...120, using: &random)))
          await stage.muster.endEngine(9)
          _ = await under.end()
          try await stage("up", "--detach")
          #expect(try await stage.pid(ofService: "shop-web-1") == pid, "round \(round): another process")
          #expect(try await stage("plan").output.hasPrefix("Nothing to do"), "round \(round)")
          let answer = try await run("curl", "--silent", "--max-time", "3", "http://127.0.0.1:\(ports[wanted])/").output
          let old = try await run("curl", "--silent", "--max-time", "3", "http://127.0.0.1:\(ports[1 - wanted])/").output
          #expect(answer == "page\n" && old.isEmpty, "round \(round): \(answer) \(old)")
          let links = try await stage("exec", "-T", "web", "ip", "-o", "link").output
          #expect(links.split(separator: "\n").count == (wanted == 1 ? 3 : 2), "round \(round): \(links)")
          let memory = try await inside(stage, "web", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max")
          #expect(memory == (wanted == 1 ? "134217728" : "67108864"), "round \(round)")
        }
      }
    }

    /// What cannot go on is made anew; and what has ended is changed without being started when only that is asked for.
    @Test func whatHasEndedIsChangedToo() async throws {
      try await Stage.play(stack("mem_limit: 64m")) { stage in
        try await stage("up", "--detach")
        let id = try await stage.containers()["shop-web-1"]?.ID
        try await stage("stop", "--timeout", "0", "web")
        try stage.write("compose.yaml", stack("mem_limit: 128m"))
        try await stage("up", "--no-start")
        #expect(try await stage.containers()["shop-web-1"]?.State == "exited")
        try await stage("up", "--detach")
        #expect(try await stage.containers()["shop-web-1"]?.ID == id)
        #expect(
          try await inside(stage, "web", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max") == "134217728")
        try stage.write("compose.yaml", stack("mem_limit: 64m\nhostname: other"))
        try await stage("up", "--detach", "--timeout", "0")
        #expect(try await stage.containers()["shop-web-1"]?.ID != id)
      }
    }
  }
}

extension Stage {
  /// The first process of the container of that name.
  func pid(ofService name: String) async throws -> Int32? {
    guard let id = try await containers()[name]?.ID else { return nil }
    return try await pid(of: id)
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
}
