import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// The engine is killed in the middle of what it does, and what comes then is no surprise.
  @Suite struct Kills {
    /// What a container may be said to be.
    private static let states: Set<String> = ["created", "running", "exited", "restarting", "paused", "dead"]
    private static let stack = """
      services:
        db: { image: busybox, init: true, command: sleep 100000, volumes: ["data:/data"] }
        web:
          image: busybox
          init: true
          command: sleep 100000
          depends_on: [db]
          ports: ["80"]
          deploy: { replicas: 3 }
          stop_grace_period: 1s
      volumes: { data: {} }
      """
    private static let commands: [[String]] = [
      ["up", "--detach"], ["up", "--detach", "--force-recreate"], ["up", "--detach", "--scale", "web=5"], ["down"], ["down", "--volumes"],
      ["stop"], ["start"], ["restart", "web"], ["exec", "-T", "db", "sh", "-c", "echo in; sleep 0.1"], ["run", "--rm", "-T", "db", "true"],
      ["create"], ["kill"], ["rm", "--force", "--stop"],
    ]

    /// 100 times with `MUSTER_TEST_KILLS=100`; `MUSTER_TEST_SEED` repeats a run.
    @Test func atAnyMoment() async throws {
      let seed = UInt64(size("MUSTER_TEST_SEED", usually: Int.random(in: 0...Int.max)))
      print("kills: MUSTER_TEST_SEED=\(seed)")
      var random = SeededRandom(seed: seed)
      try await Stage.play(Self.stack) { stage in
        for round in 1...size("MUSTER_TEST_KILLS", usually: 5) {
          // From what is there, or from nothing.
          let command = Self.commands.randomElement(using: &random) ?? []
          if command.first != "up", random.chance(80) { try await stage("up", "--detach") }
          let delay = Duration.milliseconds(Int.random(in: 0...400, using: &random) * patience)
          let takesShims = random.chance(25)
          let what = "round \(round): \(command.joined(separator: " ")), killed after \(delay)\(takesShims ? ", shims too" : "")"
          let child = try stage.muster.start(command, in: stage.directory)
          try await Task.sleep(for: delay)
          let shims = stage.shims
          let engine = stage.muster.engine
          if let engine { kill(engine, SIGKILL) }
          if takesShims { for shim in shims { kill(shim, SIGKILL) } }
          _ = await child.end()
          // Until its sockets are closed, the next command could still come to it.
          if let engine { #expect(await hasEnded(engine)) }
          try await stage.expectWhatIsSaidIsTrue(Self.states, what)
          try await stage.expectConvergence(what)
        }
      }
    }

    /// R03: the containers whose shims were killed have ended, and are said to have been killed.
    @Test func shimsAndEngineAtOnce() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach", "--no-keep")
        let pids = HostLedger.processes(under: stage.muster.root)
        let shims = stage.shims
        #expect(shims.count == 4)
        if let engine = stage.muster.engine { kill(engine, SIGKILL) }
        for shim in shims { kill(shim, SIGKILL) }
        // Where a program's start changes its AppArmor profile, the kernel forgets whose end is its own; the next engine ends it.
        let forgets = (try? readText("/sys/module/apparmor/parameters/enabled")) == "Y\n"
        if !forgets { for pid in pids { #expect(await hasEnded(pid), "\(pid) outlives its shim") } }
        let containers = try await stage.containers()
        for pid in pids { #expect(await hasEnded(pid), "\(pid) outlives its shim and the next engine's start") }
        for name in ["shop-db-1", "shop-web-1", "shop-web-2", "shop-web-3"] {
          #expect(
            containers[name]?.State == "exited" && containers[name]?.ExitCode == 137, "\(name): \(String(describing: containers[name]))")
        }
        try await stage.expectConvergence("shims and engine")
      }
    }
  }
}

extension Stage {
  /// The programs that stand beside containers.
  var shims: [Int32] {
    HostLedger.processes(under: muster.root).filter { (try? readText("/proc/\($0)/comm"))?.hasPrefix("muster-shim") == true }
  }

  /// Each container has a state there is, one that runs has processes, and one that does not run has none.
  fileprivate func expectWhatIsSaidIsTrue(_ states: Set<String>, _ what: String) async throws {
    let containers = try await containers()
    for (name, container) in containers { #expect(states.contains(container.State), "\(what): \(name) is \(container.State)") }
    // One of `run` ends by itself.
    let lasting = containers.values.filter { !$0.Name.contains("-run-") }
    for container in lasting {
      let pid = try await pid(of: container.ID)
      #expect((pid != nil) == (container.State == "running"), "\(what): \(container.Name) is \(container.State), its process \(pid ?? 0)")
    }
  }

  /// The same `up` makes of whatever there is what the file says, with no container beside.
  fileprivate func expectConvergence(_ what: String) async throws {
    let up = try await attempt("up", "--detach", "--remove-orphans")
    #expect(up.status == 0, "\(what)\n\(up)")
    let plan = try await self("plan")
    #expect(plan.output.contains("Nothing to do"), "\(what)\n\(plan)")
    let containers = try await containers()
    let running = containers.values.filter { $0.State == "running" }.map(\.Name).sorted()
    #expect(running == ["shop-db-1", "shop-web-1", "shop-web-2", "shop-web-3"], "\(what)")
    let shims = try await eventually {
      self.shims.count
    } until: {
      $0 == 4
    }
    #expect(shims == 4, "\(what): \(shims) shims for \(running)")
  }
}
