import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import TestSupport
import Testing

@Suite struct FailureTests {
  let fixture: Fixture
  init() throws {
    fixture = try Fixture()
    try fixture.directory.write("lower/bin/text", "no program", mode: 0o755)
    try fixture.directory.write("lower/bin/plain", "#!/bin/sh", mode: 0o644)
    try fixture.directory.write("lower/bin/script", "#!/bin/nonsuch\n", mode: 0o755)
  }

  private func failure(_ steps: [SetupStep]) async throws -> SetupFailure? {
    await #expect(throws: SetupFailure.self) {
      let shim = try await fixture.runtime.create(fixture.start("box", steps), descriptors: [])
      do {
        try await shim.start()
      } catch {
        _ = await shim.exitStatus()
        throw error
      }
    }
  }

  @Test(
    arguments: [
      ("nonsuch", "exec: \"nonsuch\": executable file not found in $PATH", 127),
      ("/bin/nonsuch", "exec: \"/bin/nonsuch\": stat /bin/nonsuch: no such file or directory", 127),
      ("plain", "exec: \"plain\": permission denied", 126), ("/tmp", "exec: \"/tmp\": permission denied", 126),
      ("text", "exec /bin/text: exec format error", 126),
      ("script", "exec /bin/script: no such file or directory (its interpreter or loader is missing)", 127),
    ] as [(String, String, Int32)])
  func program(_ name: String, _ message: String, _ code: Int32) async throws {
    let failure = try await failure(fixture.steps([name]))
    #expect(failure?.description == message)
    #expect(failure?.exitCode == code)
    #expect(readExitRecord(fixture.directory("box.exit"))?.code == code)
    #expect(try await fixture.isGone("box.sock"))
  }

  @Test func mount() async throws {
    let failure = try await failure(
      fixture.steps(["true"], extra: [.mount(type: "nonsuchfs", target: "/tmp", options: [], attributes: [])]))
    #expect(failure?.description == "mount nonsuchfs /tmp: fsopen(2) nonsuchfs: No such device")
    #expect(failure?.errno == ENODEV)
    #expect(failure?.exitCode == 128)
    #expect(failure?.step == .mount(type: "nonsuchfs", target: "/tmp", options: [], attributes: []))
  }

  @Test func bindOfNothing() async throws {
    let failure = try await failure(
      fixture.steps(
        ["true"], extra: [.bind(source: .path("/nonsuch"), target: "/data", isRecursive: true, attributes: [], propagation: nil)]))
    #expect(failure?.description == "rbind /nonsuch /data: open_tree(2) /nonsuch: No such file or directory")
  }

  @Test func emptySlot() async throws {
    let failure = try await failure(
      fixture.steps(["true"], extra: [.writeFile(slot: 3, target: "/x", mode: 0o600, uid: "", gid: "", user: "")]))
    #expect(failure?.errno == EBADF)
  }

  @Test func noProgram() async throws {
    let failure = try await failure([.isolateMounts])
    #expect(failure?.description == "there is no program to run")
  }

  @Test func signalThatIsNone() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["sleep", "100"])), descriptors: [])
    try await shim.start()
    await #expect(throws: ShimError.self) { try await shim.signal(99) }
    await #expect(throws: ShimError.self) { try await shim.signal(SIGTERM, session: 4) }
    await shim.discard()
  }
}
