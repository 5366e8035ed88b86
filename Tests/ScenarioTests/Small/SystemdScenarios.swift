import Backend
import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// Where systemd owns the tree of control groups, containers are in a scope that it has given away.
  @Suite(.enabled("systemd does not run this machine, or not with cgroup v2 (Tests/vm has one that it does)") { isOfSystemd })
  struct OfSystemd {
    private static let stack = """
      services:
        a:
          image: busybox
          init: true
          command: sleep 1000
          restart: always
          mem_limit: 64m
          cpus: 0.5
          cpu_shares: 512
          pids_limit: 50
      """

    /// What a limit's file says, and the process's number.
    private func facts(_ stage: Stage) async throws -> [String] {
      let scope = try stage.scope
      guard let container = names(in: scope + "/containers").first(where: { !$0.contains(".") }) else { throw NoGroup() }
      let group = "\(scope)/containers/\(container)"
      return try ["memory.max", "cpu.max", "cpu.weight", "pids.max", "cgroup.procs"].map { try readText("\(group)/\($0)") }
    }

    private struct NoGroup: Error {}
    private let limits = ["67108864\n", "50000 100000\n", "20\n", "50\n"]

    /// A login's end ends everything in its scope (`KillUserProcesses=`, `systemctl stop session-1.scope`), but not what outlives a command.
    @Test func anEngineAndItsContainersOutliveTheSessionThatStartedThem() async throws {
      try await Stage.play(Self.stack) { stage in
        // The stage has begun with an engine already, which is of the tests' own unit.
        await stage.muster.endEngine(SIGTERM)
        let command = "\(Muster.programs)/muster up --detach && cat /proc/self/cgroup >session && exec sleep 1000"
        let login = try Child(
          [
            "systemd-run", "--quiet", "--wait", "-p", "PAMName=login", "-p", "User=root", "-p", "WorkingDirectory=\(stage.directory)", "-E",
            "MUSTER_ROOT=\(stage.muster.root)", "sh", "-c", command,
          ], environment: plainEnvironment(), streams: .text(""))
        let place = try await eventually(within: 60) {
          (try? readText(stage.directory + "/session")) ?? ""
        } until: {
          $0.hasSuffix("\n")
        }
        let session = try #require(place.split(separator: "/").last.map { $0.filter { !$0.isWhitespace } })
        #expect(session.hasPrefix("session-") && session.hasSuffix(".scope"), "\(place)")
        let engine = try #require(stage.muster.engine)
        let before = try await facts(stage)
        #expect(try readText("/proc/\(engine)/cgroup").contains("/musterd-"))
        #expect(!(try readText("/sys/fs/cgroup/user.slice/user-0.slice/\(session)/cgroup.procs")).contains("\(engine)"))
        try await run("systemctl", "stop", session).expect()
        _ = await login.end()
        #expect(!exists("/sys/fs/cgroup/user.slice/user-0.slice/\(session)"))
        #expect(stage.muster.engine == engine)
        #expect(try await facts(stage) == before)
        #expect(try await stage.containers()["shop-a-1"]?.State == "running")
      }
    }

    /// `daemon-reload` sets anew what systemd knows of; a restart of the unit ends only the engine.
    @Test func limitsAndContainersOutliveReloadAndRestart() async throws {
      try await Stage.play(Self.stack) { stage in
        await stage.muster.endEngine(SIGTERM)
        let unit = "muster-test-\(getpid()).service"
        // As the one that is installed, with the programs of the tests.
        let text = try readText(repository + "/examples/systemd/musterd.service")
          .replacing("/usr/local/bin/musterd", with: Muster.programs + "/musterd")
          .replacing("[Service]\n", with: "[Service]\nEnvironment=MUSTER_ROOT=\(stage.muster.root)\n")
        try writeFile("/run/systemd/system/" + unit, Array(text.utf8))
        defer { unlink("/run/systemd/system/" + unit) }
        try await run("systemctl", "daemon-reload").expect()
        try await run("systemctl", "start", unit).expect()
        try await stage("up", "--detach")
        let engine = try #require(stage.muster.engine)
        #expect(try readText("/proc/\(engine)/cgroup").contains("/system.slice/\(unit)"))
        let before = try await facts(stage)
        #expect(Array(before.dropLast()) == limits)
        try await run("systemctl", "daemon-reload").expect()
        #expect(try await facts(stage) == before)
        try await run("systemctl", "restart", unit).expect()
        #expect(try await stage.containers()["shop-a-1"]?.State == "running")
        #expect(stage.muster.engine != engine)
        #expect(try await facts(stage) == before)
        // systemd goes on itself, with what it has written down of the scope.
        try await run("systemctl", "daemon-reexec").expect()
        try await stage("restart", "--timeout", "0")
        #expect(Array(try await facts(stage).dropLast()) == limits)
        try await run("systemctl", "stop", unit).expect()
        #expect(Array(try await facts(stage).dropLast()) == limits)
      }
    }

    /// Who stops the scope stops its containers; those that are to run come again, in a new one.
    @Test func aScopeThatIsStoppedIsMadeAgain() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        let before = try await facts(stage)
        try await run("systemctl", "stop", String(try #require(try stage.scope.split(separator: "/").last))).expect()
        let after = try await eventually {
          (try? await facts(stage)) ?? []
        } until: {
          $0.last.map { $0 != "" && $0 != before.last } == true
        }
        #expect(Array(after.dropLast()) == limits)
        #expect(after.last != before.last)
        let state = try await stage.container("shop-a-1") { $0.State == "running" }
        #expect(state?.State == "running")
      }
    }
  }
}

private let isOfSystemd = exists("/run/systemd/system") && exists("/sys/fs/cgroup/cgroup.controllers")

extension Stage {
  /// The scope of the engine's containers.
  fileprivate var scope: String {
    get throws { "/sys/fs/cgroup/system.slice/muster-\(EngineLocation(root: muster.root).suffix).scope" }
  }
}
