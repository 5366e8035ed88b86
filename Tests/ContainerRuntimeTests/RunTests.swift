import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import TestSupport
import Testing

@Suite struct RunTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  @Test(arguments: [(["true"], 0), (["false"], 1), (["sh", "-c", "exit 42"], 42)] as [([String], Int32)])
  func exitCode(_ command: [String], _ code: Int32) async throws {
    let result = try await fixture.run(command)
    #expect(result.code == code)
    #expect(readExitRecord(fixture.directory("box.exit"))?.code == code)
    #expect(try await fixture.isGone("box.sock"))
  }

  @Test func outputGoesToTheLogStreamByStream() async throws {
    let result = try await fixture.sh("echo out; echo err >&2; printf 'no newline'")
    #expect(result.output == "out\nno newline")
    #expect(result.error == "err\n")
  }

  @Test func isInItsOwnNamespaces() async throws {
    let result = try await fixture.sh("echo $$; hostname; ls /; ls /proc/self/fd | wc -l")
    #expect(result.output.hasPrefix("1\nbox\n"))
    #expect(result.output.contains("bin\ndev\netc\nproc\ntmp\n"))
    // 0, 1, 2 and the one that ls reads the directory with.
    #expect(result.output.hasSuffix("4\n"))
  }

  @Test func signalsReachTheProcess() async throws {
    let shim = try await fixture.runtime.create(
      fixture.start("box", fixture.steps(["sh", "-c", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done"])),
      descriptors: [])
    let streams = try await shim.attach()
    try await shim.start()
    _ = try await read(streams.output, until: "ready")
    try await shim.signal(SIGTERM)
    #expect(await shim.exitStatus().code == 7)
    #expect(try fixture.log() == "ready\nbye\n")
  }

  @Test func killingEndsEveryProcess() async throws {
    let shim = try await fixture.runtime.create(
      fixture.start("box", fixture.steps(["sh", "-c", "sleep 1000 & sleep 1000 & echo ready; wait"])), descriptors: [])
    let streams = try await shim.attach()
    try await shim.start()
    _ = try await read(streams.output, until: "ready")
    try await shim.signal(SIGKILL, toAll: true)
    #expect(await shim.exitStatus().code == 137)
    #expect(kill(shim.pid, 0) != 0)
  }

  @Test func waitsForStart() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["echo", "now"])), descriptors: [])
    #expect(kill(shim.pid, 0) == 0)
    #expect(try fixture.log() == "")
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    #expect(try fixture.log() == "now\n")
  }

  @Test func discardBeforeStart() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["echo", "now"])), descriptors: [])
    await shim.discard()
    #expect(kill(shim.pid, 0) != 0)
    #expect(try await fixture.isGone("box.sock"))
    #expect(try fixture.log() == "")
  }

  @Test func leavesNoMountBehind() async throws {
    _ = try await fixture.run(["true"])
    #expect(!(try readText("/proc/self/mounts").contains(fixture.directory.path)))
  }

  @Test func manyAtOnce() async throws {
    let count = 60
    let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
      for number in 0..<count {
        group.addTask {
          let name = "many\(number)"
          for part in ["upper", "work"] { try makeDirectories(fixture.directory(name + "/" + part)) }
          var steps = fixture.steps(["sh", "-c", "exit \(number)"])
          steps[1] = .overlayRoot(
            directory: fixture.directory.path, lower: ["lower"], upper: name + "/upper", work: name + "/work", attributes: [])
          let shim = try await fixture.runtime.create(fixture.start(name, steps), descriptors: [])
          try await shim.start()
          return await shim.exitStatus().code
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(codes.sorted() == (0..<Int32(count)).map { $0 })
  }
}
