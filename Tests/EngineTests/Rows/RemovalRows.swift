import Backend
import Glibc
import LinuxKit
import Networking
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Cgroups
@testable import Engine

/// R16, R17, R28, R29, R30: nothing is left, whoever holds on to it.
@Suite(.serialized) struct RemovalRows {
  private func ledger(_ engine: EngineOfOurOwn) -> HostLedger {
    let kernel = KernelNames(suffix: engine.location.suffix)
    return HostLedger(
      root: engine.location.root,
      names: HostNames(links: [kernel.bridgePrefix, kernel.vethPrefix], table: kernel.table, cgroup: "muster-" + engine.location.suffix))
  }

  /// Somebody has copied the container's mounts into a namespace of his own, works in there, and a command runs inside.
  @Test func aMountNamespaceThatHoldsOnDoesNotKeepAContainer() async throws {
    let rounds = Size.of(3, full: 100)
    try await EngineOfOurOwn.with { engine in
      var removed = 0
      for _ in 0..<rounds {
        let stack = engine.stack("held", ["a": "exec sleep 1000"]) { $0.network = .none }
        #expect(try await engine.up(stack).failures == [])
        let container = try #require(await engine.backend.containers.find(name: "held-a-1"))
        let pid = try #require(await container.observed.pid)
        let place = ContainerFiles(location: engine.location, id: container.id).directory
        let holder = Task {
          try await run(
            "nsenter", "--mount", "--target", "\(pid)", "unshare", "--mount", "sh", "-c", "cd /srv; exec 3>/held; echo in >&3; exec sleep 5"
          )
        }
        let exec = Task { try await engine.exec("held", "a", ["sleep", "1000"]).code }
        _ = try await eventually {
          access(place + "/upper/held", F_OK)
        } until: {
          $0 == 0
        }
        #expect(try await engine.down("held").failures == [])
        #expect(access(place, F_OK) != 0)
        #expect(try await exec.value == 137)
        if access(place, F_OK) != 0 { removed += 1 }
        _ = try await holder.value
      }
      tell("R28", "containers removed while another mount namespace held them and an exec ran: \(removed) of \(rounds)")
    }
  }

  /// The kernel's log is everybody's, and other tests' engines mount too: what ours brings about it brings about each time.
  @Test func overlayfsHasNothingToComplainOf() async throws {
    func complaints() async throws -> [Substring] {
      try await run("dmesg").output.split(separator: "\n").filter { $0.contains("overlayfs:") && $0.contains("undefined behavior") }
    }
    guard try await run("dmesg").status == 0 else { return }
    var new: [Substring] = []
    for _ in 0..<3 {
      let before = try await complaints()
      try await mountOverAndOver()
      new = try await complaints().filter { !before.contains($0) }
      if new.isEmpty { break }
    }
    #expect(new == [])
    tell("R29", "overlayfs: warnings of undefined behaviour in the kernel's log: \(new.count)")
  }

  private func mountOverAndOver() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("overlay", ["a": "echo a > /srv/seed/one; rm -r /srv/seed/deep; exec sleep 1000"]) {
        $0.network = .none
        $0.mounts = [Mount(source: .image("tiny"), target: "/image"), Mount(source: .volume("overlay_v"), target: "/srv/mine")]
      }
      var whole = stack
      whole.volumes["overlay_v"] = Volume(key: "v", name: "overlay_v")
      for _ in 0..<Size.of(2, full: 50) {
        #expect(try await engine.up(whole).failures == [])
        _ = try await engine.exec("overlay", "a", ["sh", "-c", "echo b > /image/x; mv /srv/seed /srv/other"])
        var options = UpOptions()
        options.forceRecreate = true
        options.timeout = 0
        #expect(try await engine.up(whole, options).failures == [])
        try await engine.down("overlay")
      }
    }
  }

  /// Groups that a container has made in its own, with processes, frozen ones too.
  @Test func groupsOfTheContainersOwnGo() async throws {
    let rounds = Size.of(5, full: 1000)
    let driver = try cgroupDriver(namespace: "muster-rows-\(getpid())")
    var gone = 0
    for round in 0..<rounds {
      let group = try driver.create("busy", ResourceLimits())
      let places = try #require(group as? Group).places.map(\.directory.path)
      var sleepers: [Task<Outcome, any Error>] = []
      for place in places {
        for inner in ["/a", "/a/b", "/a/b/c"] { mkdir(place + inner, 0o755) }
        // Version 1's processor sets start empty.
        for inner in ["/a", "/a/b", "/a/b/c"] where access(place + "/cpuset.cpus", F_OK) == 0 {
          for file in ["/cpuset.cpus", "/cpuset.mems"] {
            if let text = try? readText(place + "/.." + file) { try? writeFile(place + inner + file, Array(text.utf8)) }
          }
        }
        if access(place + "/cgroup.type", F_OK) == 0, round % 2 == 0 {
          try? writeFile(place + "/a/b/c/cgroup.type", Array("threaded".utf8))
        }
      }
      let joins = places.map { "echo $$ > \($0)/a/b/cgroup.procs 2>/dev/null" }.joined(separator: "; ")
      sleepers.append(Task { try await run("sh", "-c", "\(joins); sleep 1000 & exec sleep 1000") })
      let count = try await eventually {
        (try? group.processes().count) ?? 0
      } until: {
        $0 >= 2
      }
      #expect(count == 2)
      for place in places where access(place + "/a/b/freezer.state", F_OK) == 0 {
        try writeFile(place + "/a/b/freezer.state", Array("FROZEN".utf8))
      }
      for place in places where access(place + "/a/b/cgroup.freeze", F_OK) == 0 {
        try? writeFile(place + "/a/b/cgroup.freeze", Array("1".utf8))
      }
      try group.kill()
      try await group.remove()
      for sleeper in sleepers { #expect(try await sleeper.value.status == 137) }
      if places.allSatisfy({ access($0, F_OK) != 0 }) { gone += 1 }
    }
    #expect(gone == rounds)
    tell("R30", "groups with nested, frozen and threaded ones removed: \(gone) of \(rounds)")
  }

  @Test func upAndDownAgainAndAgain() async throws {
    let rounds = Size.of(8, full: 1000)
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("cycle", ["a": "exec sleep 1000", "b": "exec sleep 1000", "c": "exec sleep 1000"]) {
        $0.stopGracePeriod = .seconds(0)
      }
      func open() -> Int { names(in: "/proc/self/fd").count }
      var times: [Duration] = []
      let clock = ContinuousClock()
      var openBefore = 0
      var memoryBefore = 0
      for round in 0..<rounds {
        let began = clock.now
        let up = try await engine.up(stack)
        let down = try await engine.down("cycle")
        #expect(up.failures == [] && down.failures == [])
        times.append(began.duration(to: clock.now))
        if round == min(4, rounds - 1) { (openBefore, memoryBefore) = (open(), try residentKilobytes()) }
      }
      #expect(await engine.backend.containers.all().isEmpty)
      let entries = try await ledger(engine).settledEntries()
      // The engine's own table and its shims' directory stay while it lives.
      #expect(entries.processes.isEmpty && entries.mounts.isEmpty && entries.cgroups.isEmpty, "\(entries)")
      let head = times.prefix(100).sorted()
      let tail = times.suffix(100).sorted()
      tell(
        "R16",
        "\(rounds) times up and down of 3 services: descriptors \(openBefore) → \(open()), resident \(memoryBefore) → \(try residentKilobytes()) KiB, median of the first 100 \(head[head.count / 2]), of the last \(tail[tail.count / 2])"
      )
    }
  }

  private func residentKilobytes() throws -> Int {
    try readText("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmRSS") }
      .flatMap { Int($0.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]) } ?? 0
  }

  /// Eight at once on one project, each with something else in mind.
  @Test func eightClientsOfOneProject() async throws {
    let rounds = Size.of(3, full: 500)
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("eight", ["a": "exec sleep 1000", "b": "exec sleep 1000"]) { $0.stopGracePeriod = .seconds(0) }
      var right = 0
      for round in 0..<rounds {
        await withTaskGroup(of: Void.self) { group in
          for client in 0..<8 {
            group.addTask {
              var options = UpOptions()
              options.timeout = 0
              let operation: Reconciler.Operation
              switch (client + round) % 4 {
              case 0: operation = .up(options)
              case 1:
                options.scale = ["a": 1 + client % 3]
                operation = .up(options)
              case 2: operation = .down(DownOptions())
              default: operation = .stop(services: ["a"], timeout: 0)
              }
              let isUp = if case .up = operation { true } else { false }
              _ = try? await engine.backend.carryOut(
                StackRequest(project: "eight", stack: isUp ? stack : nil, operation: operation)
              ) { _ in }
            }
          }
        }
        // What was accepted last is what is there.
        let report = try await engine.up(stack)
        #expect(report.failures == [])
        let all = await engine.backend.containers.all()
        let names = all.map(\.spec.name).sorted()
        #expect(names == ["eight-a-1", "eight-b-1"], "\(names)")
        var running = 0
        for container in all { if await container.observed.state == .running { running += 1 } }
        #expect(running == 2)
        #expect(try await engine.up(stack).plan.isEmpty)
        if names == ["eight-a-1", "eight-b-1"], running == 2 { right += 1 }
      }
      tell("R17", "8 clients at once on one project: \(right) of \(rounds) rounds end as last asked for")
    }
  }
}
