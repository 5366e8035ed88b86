import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// Many containers, one after the other and at once: nothing piles up.
  @Suite struct Endurance {
    /// 1,000 with `MUSTER_TEST_CONTAINERS=1000`. What it measured is printed; what must not grow at all is expected.
    @Test func containersThatComeAndGoLeaveNothingInTheEngine() async throws {
      let count = size("MUSTER_TEST_CONTAINERS", usually: 20)
      let stack = """
        services:
          once: { image: busybox, command: echo done, volumes: ["/scratch"], mem_limit: 64m }
        """
      try await Stage.play(stack) { stage in
        let clock = ContinuousClock()
        var times: [Duration] = []
        let warm = min(10, count / 2)
        var first: Footprint?
        for round in 1...count {
          let begin = clock.now
          #expect(try await stage("run", "--rm", "-T", "once").output == "done\n")
          times.append(clock.now - begin)
          if round == warm { first = try await Footprint.settled(of: stage.muster) }
          if round % 100 == 0 { print("endurance: \(round) containers, engine \(try Footprint(of: stage.muster))") }
        }
        let last = try await Footprint.settled(of: stage.muster)
        let before = try #require(first)
        let tenth = max(1, count / 10)
        print("endurance: engine after \(warm): \(before); after \(count): \(last)")
        print("endurance: a container took \(times.prefix(tenth).median) at first, \(times.suffix(tenth).median) at last")
        #expect(last.descriptors <= before.descriptors, "descriptors pile up: \(before), then \(last)")
        #expect(last.processes == before.processes)
        #expect(names(in: stage.muster.root + "/containers") == [])
        let entries = try await stage.muster.ledger.entries()
        // With systemd, the engine and its shims have scopes while they live.
        let groups = entries.cgroups.filter { !$0.hasSuffix(".scope") && !$0.hasSuffix(".scope/shims") }
        #expect(groups == [] && entries.mounts == [], "\(entries)")
      }
    }

    /// 200 with `MUSTER_TEST_CONTAINERS=1000`.
    @Test func manyContainersAreAliveAtOnce() async throws {
      let count = size("MUSTER_TEST_CONTAINERS", usually: 50) / 5
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 100000 } }") { stage in
        let clock = ContinuousClock()
        let begin = clock.now
        try await stage("up", "--detach", "--scale", "web=\(count)")
        let up = clock.now
        let containers = try await stage.containers()
        #expect(containers.count == count && containers.values.allSatisfy { $0.State == "running" })
        #expect(try await stage("exec", "-T", "--index", "\(count)", "web", "echo", "here").output == "here\n")
        print("endurance: \(count) at once, up in \(up - begin), engine \(try Footprint(of: stage.muster))")
        #expect(await stage.muster.endEngine(SIGKILL))
        let killed = clock.now
        let after = try await stage.containers()
        print("endurance: \(count) found again in \(clock.now - killed)")
        #expect(after.mapValues(\.ID) == containers.mapValues(\.ID) && after.values.allSatisfy { $0.State == "running" })
        let down = clock.now
        try await stage("down", "--timeout", "0")
        print("endurance: \(count) down in \(clock.now - down), engine \(try await Footprint.settled(of: stage.muster))")
      }
    }
  }
}

/// What an engine's process holds.
private struct Footprint: CustomStringConvertible {
  /// Resident memory, in KiB.
  var memory: Int
  var descriptors: Int
  var threads: Int
  /// All processes of the engine's root.
  var processes: Int

  init(of muster: Muster) throws {
    let pid = try #require(muster.engine)
    let status = try readText("/proc/\(pid)/status")
    func number(_ name: String) -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
    memory = number("VmRSS")
    threads = number("Threads")
    descriptors = names(in: "/proc/\(pid)/fd").count
    processes = HostLedger.processes(under: muster.root).count
  }

  /// Once the engine has nothing to do any more: connections of the last commands are closed, shims are gone.
  static func settled(of muster: Muster) async throws -> Footprint {
    var last = try Footprint(of: muster)
    for _ in 0..<20 {
      try await Task.sleep(for: .milliseconds(100))
      let now = try Footprint(of: muster)
      if now.descriptors >= last.descriptors && now.processes == 1 { return now }
      last = now
    }
    return last
  }

  var description: String { "\(memory) KiB, \(descriptors) descriptors, \(threads) threads, \(processes) processes" }
}

extension Sequence<Duration> {
  fileprivate var median: Duration {
    let sorted = self.sorted()
    return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
  }
}
