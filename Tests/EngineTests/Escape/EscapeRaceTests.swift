import Backend
import ContainerRuntime
import Glibc
import Reconciler
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// Attacks that must win a race: two names are exchanged in a loop by a container while the runtime works with them.
@Suite(.serialized) struct EscapeByRace {
  /// S01: programs that are opened for writing while they enter. S03: their descriptors, memory.
  @Test func s01s03ProcessesThatEnter() async throws {
    var race = Race("S01, S03")
    try await EngineOfOurOwn.attacked({
      $0.file("bin/self", "#!/proc/self/exe /bin/true\n", mode: 0o755)
    }) { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s01", ["a": "exec sleep 1000"])).failures == [])
      let seconds = race.count(2, full: 62)
      let hasEnded = Atomic(false)
      async let watched = {
        defer { hasEnded.store(true, ordering: .relaxed) }
        return try await engine.exec("s01", "a", ["attacker", "intrude", "\(seconds)"])
      }()
      // As long as somebody watches, however late that began.
      while !hasEnded.load(ordering: .relaxed) {
        let done = try await engine.exec("s01", "a", [race.next(below: 4) == 0 ? "/bin/self" : "true"])
        if done.output.contains("outside") { race.successes.append(done.output) }
      }
      let found = Findings(try await watched.output)
      race.tried(found.attempts)
      race.successes += found.lines.filter { !$0.hasPrefix("seen ") }
      #expect(found.attempts > 0)
    }
    race.tell()
    #expect(race.successes == [])
  }

  /// S03 where the container may trace: what enters is stopped as soon as it can be seen, and has nothing that the container has not.
  @Test func s03ProcessesThatEnterAreTraced() async throws {
    var race = Race("S03, SYS_PTRACE")
    try await EngineOfOurOwn.attacked { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s03", ["a": "exec sleep 1000"]) { $0.capAdd = ["SYS_PTRACE"] }).failures == [])
      let seconds = race.count(2, full: 62)
      let hasEnded = Atomic(false)
      async let watched = {
        defer { hasEnded.store(true, ordering: .relaxed) }
        return try await engine.exec("s03", "a", ["attacker", "entering", "\(seconds)"])
      }()
      var execs = 0
      // As long as somebody watches, however late that began.
      while !hasEnded.load(ordering: .relaxed) {
        var request = SessionRequest.Exec(project: "s03", service: "a", command: ["true"])
        request.hasTerminal = race.next(below: 4) == 0
        request.user = race.next(below: 4) == 0 ? "app" : nil
        #expect(try await engine.backend.session(.exec(request), input: AsyncStream { $0.finish() }) { _ in } == 0)
        execs += 1
      }
      let done = try await watched
      let found = Findings(done.output)
      race.tried(found.attempts)
      race.successes += found.lines.filter { !$0.hasPrefix("seen ") && !$0.hasPrefix("stopped ") }
      #expect(done.code == 0 && found.attempts > 0, "\(done)")
      print("escape S03: \(execs) processes entered, \(found.lines.filter { $0.hasPrefix("seen ") || $0.hasPrefix("stopped ") })")
    }
    race.tell()
    #expect(race.successes == [])
  }

  /// S04: the directory that mount targets are in is exchanged for a link to the host.
  @Test func s04MountTargets() async throws {
    var race = Race("S04")
    let decoy = try DecoyTree()
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let racer = """
        mkdir -p /v/x /v/z; ln -s ../../../../../..\(decoy.path) /v/y; ln -s \(decoy.path) /v/w
        attacker swap /v/x /v/y & attacker swap /v/z /v/w & wait
        """
      var stack = engine.hostile("s04", ["racer": racer]) { $0.mounts = [Mount(source: .volume("s04_v"), target: "/v")] }
      stack.volumes["s04_v"] = Volume(key: "v", name: "s04_v")
      #expect(try await engine.up(stack).failures == [])
      let mounts = try hostMounts(naming: decoy.path)
      var started = 0
      repeat {
        var round = engine.hostile("s04v", [:])
        round.volumes["s04_v"] = Volume(key: "v", name: "s04_v", isExternal: true)
        let targets = 40
        for index in 0..<6 {
          let service = ServiceName("v\(index)")
          var victim = try #require(engine.hostile("s04v", [service: "exec sleep 1000"]).services[service])
          let salt = race.next(below: 1_000_000)
          victim.options.network = .none
          victim.options.mounts =
            [Mount(source: .volume("s04_v"), target: "/vol")]
            + (0..<targets).map {
              Mount(
                source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil),
                target: "/vol/\($0 % 4 < 2 ? "x" : "z")\($0 % 3 == 0 ? "/deep" : "")/t\(salt)-\($0)")
            }
          round.services[service] = victim
        }
        let report = try await engine.up(round)
        race.tried(targets * 6)
        started += 6 - report.failures.count
        if let difference = try decoy.difference() { race.successes.append(difference) }
        if try hostMounts(naming: decoy.path) != mounts { race.successes.append("a mount on the host") }
        try await engine.endNow("s04v")
      } while race.goesOn && race.successes.isEmpty
      print("escape S04: \(started) containers came up all the same")
    }
    race.tell()
    #expect(race.successes == [])
  }

  /// S05: /dev/null of a volume, which hides paths, is exchanged for a link to a parameter of the kernel.
  @Test func s05TheNullDevice() async throws {
    var race = Race("S05")
    let decoy = try DecoyTree()
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let racer = """
        mknod /d/null c 1 3; ln -s /proc/sys/kernel/core_pattern /d/link; mkdir /d/pts /d/shm /d/mqueue
        exec attacker swap /d/null /d/link
        """
      var stack = engine.hostile("s05", ["racer": racer]) { $0.mounts = [Mount(source: .volume("s05_d"), target: "/d")] }
      stack.volumes["s05_d"] = Volume(key: "d", name: "s05_d")
      #expect(try await engine.up(stack).failures == [])
      let files: [String] = [
        "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/interrupts", "/proc/latency_stats", "/proc/sched_debug",
      ]
      .filter { path in access(path, F_OK) == 0 }
      #expect(!files.isEmpty)
      var started = 0
      repeat {
        var round = engine.hostile("s05v", [:])
        round.volumes["s05_d"] = Volume(key: "d", name: "s05_d", isExternal: true)
        for index in 0..<8 {
          let service = ServiceName("v\(index)")
          let script =
            "attacker masked \(files.joined(separator: " ")); exec attacker writes /proc/sys/kernel \(files.joined(separator: " "))"
          var victim = try #require(engine.hostile("s05v", [service: script]).services[service])
          victim.options.network = .none
          victim.options.mounts = [Mount(source: .volume("s05_d"), target: "/dev")]
          round.services[service] = victim
        }
        let report = try await engine.up(round)
        race.tried(files.count * 8)
        started += 8 - report.failures.count
        let findings = try await engine.log("s05v").filter { !$0.hasPrefix("attempts") && !$0.isEmpty }
        race.successes += findings
        if let difference = try decoy.difference() { race.successes.append(difference) }
        try await engine.endNow("s05v")
      } while race.goesOn && race.successes.isEmpty
      print("escape S05: \(started) containers came up all the same")
    }
    race.tell()
    #expect(race.successes == [])
  }

  /// S06: terminals of processes that join, while what is in /dev is exchanged for links to the host.
  @Test func s06Terminals() async throws {
    var race = Race("S06")
    let decoy = try DecoyTree()
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let racer = """
        mkdir /dev/fake; ln -s /proc/sys/kernel/core_pattern /dev/fake/ptmx; ln -s \(decoy.path)/file /dev/other; touch /dev/console
        attacker swap /dev/console /dev/other & attacker swap /dev/ptmx /dev/other & while :; do mv /dev/pts /dev/was; mv /dev/fake /dev/pts; done 2>/dev/null
        """
      #expect(try await engine.up(engine.hostile("s06", ["a": racer])).failures == [])
      repeat {
        var request = SessionRequest.Exec(project: "s06", service: "a", command: ["attacker", "place"])
        request.hasTerminal = true
        let output = Collected()
        _ = try? await engine.backend.session(.exec(request), input: AsyncStream { $0.finish() }) {
          if case .bytes(let bytes, _) = $0 { await output.add(bytes) }
        }
        race.tried()
        let lines = await output.text.split(whereSeparator: \.isNewline)
        race.successes += lines.filter { $0.hasPrefix("outside") || $0.hasPrefix("fd ") && !["fd 0", "fd 1", "fd 2"].contains($0) }.map(
          String.init)
        if race.attempts % 50 == 0, let difference = try decoy.difference() { race.successes.append(difference) }
      } while race.goesOn && race.successes.isEmpty
      if let difference = try decoy.difference() { race.successes.append(difference) }
    }
    race.tell()
    #expect(race.successes == [])
  }

  /// S21: a line of 64 MiB without an end, and a client that goes away from a flood, do not stay in the shim's memory.
  @Test func s21FloodsOfOutput() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      #expect(
        try await engine.up(engine.stack("s21", ["a": "head -c 16777216 /dev/zero | tr '\\0' x; touch /tmp/done; exec sleep 1000"]))
          .failures == [])
      let container = try #require(await engine.backend.containers.find(name: "s21-a-1"))
      let first = try #require(await container.running?.shim.pid)
      let shim = try #require(try status(of: first, "PPid").flatMap { Int32($0) })
      let done = try await engine.exec("s21", "a", ["sh", "-c", "until [ -e /tmp/done ]; do sleep 0.1; done; echo over"])
      #expect(done.output == "over\n")
      let peak = try #require(try status(of: shim, "VmHWM").flatMap { Int($0.prefix { $0.isNumber }) })
      #expect(peak < 16 * 1024, "\(peak) KiB")
      print("escape S21: the shim's memory was \(peak) KiB at most")
    }
  }
}
