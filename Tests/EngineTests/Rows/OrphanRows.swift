import Backend
import Cgroups
import ContainerRuntime
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R13: whoever is the first process, nothing dead is left, and signals arrive.
@Suite(.serialized) struct OrphanRows {
  /// Processes in state Z below a shim's container.
  private func zombies(_ engine: EngineOfOurOwn, _ name: String) async throws -> Int {
    let container = try #require(await engine.backend.containers.find(name: name))
    let pids = (try await container.running?.cgroup?.processes()) ?? []
    let shim = try #require(await container.running?.shim.pid)
    let parent = try readText("/proc/\(shim)/stat").split(separator: " ")[3]
    // Zombies are in no control group any more: all children of the shim and of the container's processes.
    var count = 0
    for place in pids.map(String.init) + [String(parent)] {
      for child in ((try? readText("/proc/\(place)/task/\(place)/children")) ?? "").split(separator: " ") {
        if let stat = try? readText("/proc/\(child)/stat"), let end = stat.lastIndex(of: ")"), stat[end...].dropFirst(2).first == "Z" {
          count += 1
        }
      }
    }
    return count
  }

  @Test func orphansAreReaped() async throws {
    let count = Size.of(500, full: 10_000)
    let script = "i=0; while [ $i -lt \(count) ]; do ( : & ) ; i=$((i+1)); done; echo made; exec sleep 1000"
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("orphans", ["reaper": script, "shared": script, "alone": script]) { $0.network = .none }
      stack.services["reaper"]?.options.usesInit = true
      stack.services["shared"]?.options.usesHostPID = true
      #expect(try await engine.up(stack).failures == [])
      let made = try await eventually(within: 300) {
        try await engine.log("orphans").count
      } until: {
        $0 == 3
      }
      #expect(made == 3)
      var left: [String: Int] = [:]
      for name in ["reaper", "shared"] {
        left[name] = try await eventually {
          try await zombies(engine, "orphans-\(name)-1")
        } until: {
          $0 == 0
        }
        #expect(left[name] == 0, "\(name)")
      }
      // Without a reaper they are the first process's to collect; with it they all go.
      let shim = try #require(try await engine.container("orphans-alone-1").pid)
      try await engine.down("orphans")
      #expect(await hasEnded(shim))
      tell("R13", "\(count) orphans each: \(left["reaper"] ?? -1) zombies with init, \(left["shared"] ?? -1) with pid: host")
    }
  }

  /// Those that a program can handle, but with `init` those that stand for a fault of the reaper's own, or for job control, as tini has it.
  @Test(arguments: [false, true]) func signalsArrive(usesInit: Bool) async throws {
    try await EngineOfOurOwn.with { engine in
      let own: Set<Int32> = usesInit ? [4, 5, 6, 7, 8, 11, 21, 22, 31] : []
      let numbers = (1...31).filter { $0 != 9 && $0 != 19 && $0 != 17 && !own.contains($0) }
      let traps = numbers.map { "trap 'echo got \($0)' \($0)" }.joined(separator: "; ")
      let stack = engine.stack("signals", ["a": "\(traps); echo up; while :; do sleep 0.02; done"]) {
        $0.network = .none
        $0.usesInit = usesInit
      }
      #expect(try await engine.up(stack).failures == [])
      _ = try await eventually {
        try await engine.log("signals").count
      } until: {
        $0 == 1
      }
      let container = try #require(await engine.backend.containers.find(name: "signals-a-1"))
      var arrived = 0
      for number in numbers {
        try await container.running?.shim.signal(number)
        let log = try await eventually {
          try await engine.log("signals")
        } until: {
          $0.last == "got \(number)\n"
        }
        #expect(log.last == "got \(number)\n")
        if log.last == "got \(number)\n" { arrived += 1 }
      }
      tell("R13", "signals \(usesInit ? "through init" : "to the first process"): \(arrived) of \(numbers.count)")
    }
  }
}
