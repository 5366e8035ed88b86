import Backend
import Cgroups
import ContainerRuntime
import Glibc
import LinuxKit
import Reconciler
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// S21: clients that go away, attach and go, turn the terminal's size without end. Nothing of it stays.
@Suite(.serialized) struct FloodTests {
  /// A client goes in the middle of a flood: the session is over at once, and the process that nobody reads ends.
  @Test(arguments: [false, true]) func aClientThatGoesInTheMiddleOfAFlood(hasTerminal: Bool) async throws {
    var race = Race("S21, clients that go, \(hasTerminal ? "with" : "without") terminal")
    let rounds = race.count(4, full: 200)
    try await EngineOfOurOwn.with { (engine) async throws in
      #expect(try await engine.up(engine.stack("flood", ["a": "exec sleep 1000"]) { $0.network = .none }).failures == [])
      let container = try #require(await engine.backend.containers.find(name: "flood-a-1"))
      for round in 0..<rounds {
        let commands = [["cat", "/dev/zero"], ["yes"], ["sh", "-c", "cat /dev/zero; exit 3"], ["sh", "-c", "yes >&2; exit 3"]]
        // What it has read when it goes, and whether it reads on or holds still.
        let amount = race.next(below: 1 << 20)
        let holdsStill = race.next(below: 2) == 0
        try await Self.interrupted(
          engine, commands[round % commands.count], hasTerminal: hasTerminal, after: amount, holdsStill: holdsStill)
        race.tried()
      }
      let left = try await eventually {
        try await container.running?.cgroup?.processes().count ?? 0
      } until: {
        $0 == 1
      }
      #expect(left == 1)
      #expect(try await engine.exec("flood", "a", ["echo", "there"]).output == "there\n")
    }
    race.tell()
  }

  /// Who waits for a process that says nothing may go too; the process goes on, its input being at its end.
  @Test func aClientThatGoesFromAQuietProcess() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      #expect(try await engine.up(engine.stack("quiet", ["a": "exec sleep 1000"]) { $0.network = .none }).failures == [])
      for command in [["sh", "-c", "echo up; exec >/dev/null 2>&1; sleep 1000"], ["sh", "-c", "echo up; cat; touch /tmp/read"]] {
        try await Self.interrupted(engine, command, hasTerminal: false, after: 1, holdsStill: false)
      }
      let container = try #require(await engine.backend.containers.find(name: "quiet-a-1"))
      let read = try await eventually {
        try await engine.exec("quiet", "a", ["ls", "/tmp"]).output
      } until: {
        $0 == "read\n"
      }
      #expect(read == "read\n")
      #expect(try await container.running?.cgroup?.processes().count ?? 0 > 1)
    }
  }

  /// Runs a process with a client that is cancelled once it has read so much. Returns when the session has.
  private static func interrupted(
    _ engine: EngineOfOurOwn, _ command: [String], hasTerminal: Bool, after amount: Int, holdsStill: Bool
  ) async throws {
    let container = try #require(await engine.backend.containers.all().first)
    var exec = SessionRequest.Exec(project: container.spec.project, service: "a", command: command)
    exec.hasTerminal = hasTerminal
    exec.isInteractive = true
    let request = exec
    let (input, send) = AsyncStream<SessionInput>.makeStream()
    let (enough, isEnough) = AsyncStream<Void>.makeStream()
    let seen = Mutex(0)
    let session = Task {
      try await engine.backend.session(.exec(request), input: input) {
        guard case .bytes(let bytes, _) = $0 else { return }
        let count = seen.withLock { total in
          total += bytes.count
          return total
        }
        if count >= amount { isEnough.finish() }
        // A client whose window is full.
        if count >= amount, holdsStill { try? await Task.sleep(for: .seconds(1000)) }
      }
    }
    for await _ in enough {}
    session.cancel()
    await #expect(throws: CancellationError.self) { try await session.value }
    send.finish()
  }

  /// Readers that attach to a flood and go without a word; the size of a terminal changed again and again: neither engine nor shim grows.
  @Test func attachesAndResizesWithoutEnd() async throws {
    var race = Race("S21, attaches and resizes")
    let attaches = race.count(200, full: 10_000)
    let resizes = race.count(1000, full: 1_000_000)
    try await EngineOfOurOwn.with { (engine) async throws in
      var stack = engine.stack("s21", ["flood": "exec yes \(String(repeating: "x", count: 4000))", "terminal": "exec sleep 1000"]) {
        $0.network = .none
        $0.logging = Logging(maxSize: ByteCount(1 << 20), maxFiles: 2)
      }
      stack.services["terminal"]?.options.hasTerminal = true
      #expect(try await engine.up(stack).failures == [])
      var shims: [(shim: Shim, pid: Int32)] = []
      for name in ["s21-flood-1", "s21-terminal-1"] {
        let container = try #require(await engine.backend.containers.find(name: name))
        let shim = try #require(await container.running?.shim)
        shims.append((shim, try #require(try status(of: shim.pid, "PPid").flatMap { Int32($0) })))
      }
      let pids = shims.map(\.pid)
      // Once each, so that what is made on first use is there.
      _ = try await shims[0].shim.attach()
      try await shims[1].shim.resize(rows: 24, columns: 80)
      let before = try Self.picture(pids)
      for _ in 0..<attaches {
        let streams = try await shims[0].shim.attach()
        if race.next(below: 2) == 0, let output = streams.output {
          var buffer = [UInt8](repeating: 0, count: 4096)
          _ = read(output.number, &buffer, buffer.count)
        }
        race.tried()
      }
      for number in 0..<resizes {
        try await shims[1].shim.resize(rows: UInt16(number & 0xff) + 1, columns: UInt16(number >> 8 & 0xff) + 1)
      }
      race.tried(resizes)
      let after = try await eventually {
        try Self.picture(pids)
      } until: {
        zip($0, before).dropFirst().allSatisfy { $0.descriptors <= $1.descriptors }
      }
      for (index, (now, then)) in zip(after, before).enumerated() {
        let name = ["engine", "shim of the flood", "shim of the terminal"][index]
        print("escape S21: \(name): \(then.resident) → \(now.resident) KiB, descriptors \(then.descriptors) → \(now.descriptors)")
        // The engine is this process, in which other tests run beside this one unless it is alone.
        if index == 0, !race.isFull { continue }
        #expect(now.resident <= then.resident + 32 * 1024, "\(name)")
        #expect(now.descriptors <= then.descriptors, "\(name)")
      }
    }
    race.tell()
  }

  /// Memory in KiB and open descriptors of this process and others.
  private static func picture(_ others: [Int32]) throws -> [(resident: Int, descriptors: Int)] {
    try ([getpid()] + others).map { pid in
      let resident = try status(of: pid, "VmRSS").flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
      return (resident, names(in: "/proc/\(pid)/fd").count)
    }
  }
}
