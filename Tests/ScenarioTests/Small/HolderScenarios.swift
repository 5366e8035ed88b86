import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// R18: whoever holds a project's lock, or has it held, is killed or stopped where it is.
  @Suite struct Holders {
    /// It is brought up when somebody opens the gate.
    private static let stack = """
      services:
        slow:
          image: busybox
          init: true
          command: sleep 1000
          volumes: ["./gate:/gate"]
          healthcheck: { test: "[ -e /gate/open ]", interval: 200ms, retries: 100000, start_period: 1h, start_interval: 200ms }
        late: { image: busybox, init: true, command: sleep 1000, depends_on: { slow: { condition: service_healthy } } }
      """

    /// Starts `up`, and waits until it waits.
    private func startUp(_ stage: Stage) async throws -> Child {
      let up = try stage.start("up", "--detach")
      let slow = try await stage.container("shop-slow-1") { $0.State == "running" }
      #expect(slow?.State == "running")
      return up
    }

    /// The kernel gives back what a killed command held, and the engine what it was asked for: the next command does not wait for its time.
    @Test(arguments: [SIGKILL, SIGTERM, SIGHUP]) func aCommandThatIsKilledLetsGo(signal: Int32) async throws {
      try await Stage.play(Self.stack, files: ["gate/.keep": ""]) { stage in
        let up = try await startUp(stage)
        kill(up.pid, signal)
        #expect(await up.end().status != 0)
        try await stage("stop", "--timeout", "0")
        #expect(try await stage.containers()["shop-slow-1"]?.State == "exited")
        try stage.write("gate/open", "")
        try await stage("up", "--detach")
        #expect(try await stage.containers()["shop-late-1"]?.State == "running")
      }
    }

    /// A command that stands still keeps nobody from looking, and its work is done without it.
    @Test func aCommandThatIsStoppedIsNotWaitedFor() async throws {
      try await Stage.play(Self.stack, files: ["gate/.keep": ""]) { stage in
        let up = try await startUp(stage)
        kill(up.pid, SIGSTOP)
        #expect(try await stage.containers()["shop-slow-1"]?.State == "running")
        try stage.write("gate/open", "")
        let late = try await stage.container("shop-late-1") { $0.State == "running" }
        #expect(late?.State == "running", "the engine waits for a command that does not read")
        try await stage("restart", "--timeout", "0", "late")
        kill(up.pid, SIGCONT)
        #expect(await up.end().status == 0)
      }
    }

    /// The engine itself, in the midst of it: another takes its locks as soon as it is gone.
    @Test func anEngineThatIsKilledLetsGo() async throws {
      try await Stage.play(Self.stack, files: ["gate/.keep": ""]) { stage in
        let up = try await startUp(stage)
        let engine = try #require(stage.muster.engine)
        kill(engine, SIGSTOP)
        kill(engine, SIGKILL)
        #expect(await up.end().status != 0)
        try stage.write("gate/open", "")
        try await stage("up", "--detach")
        #expect(stage.muster.engine != engine)
        #expect(try await stage.containers()["shop-late-1"]?.State == "running")
      }
    }
  }
}
