import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import TestSupport
import Testing

@Suite struct StreamTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  @Test func standardInputIsEmptyUnlessInteractive() async throws {
    #expect(try await fixture.sh("cat; echo end").output == "end\n")
  }

  @Test func standardInputReachesTheProcess() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["cat"]), isInteractive: true), descriptors: [])
    var streams = try await shim.attach()
    try await shim.start()
    try #require(streams.input).descriptor.writeAll("hello\n")
    streams.input = nil
    try await shim.closeInput()
    #expect(try await readToEnd(streams.output) == "hello\n")
    #expect(try await readToEnd(streams.error) == "")
    #expect(await shim.exitStatus().code == 0)
  }

  @Test func everyAttacherGetsEverything() async throws {
    let shim = try await fixture.runtime.create(
      fixture.start("box", fixture.steps(["sh", "-c", "seq 50000; echo oops >&2"])), descriptors: [])
    let first = try await shim.attach()
    let second = try await shim.attach()
    try await shim.start()
    let expected = (1...50_000).map { "\($0)\n" }.joined()
    async let one = readToEnd(first.output)
    async let two = readToEnd(second.output)
    #expect(try await one == expected)
    #expect(try await two == expected)
    #expect(try await readToEnd(first.error) == "oops\n")
    #expect(await shim.exitStatus().code == 0)
  }

  @Test func anAttacherThatDoesNotReadIsLetGo() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["seq", "100000"])), descriptors: [])
    let sleeper = try await shim.attach()
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    #expect(try fixture.log() == (1...100_000).map { "\($0)\n" }.joined())
    // What was in the pipe is still to be had, then it ends.
    #expect(try await readToEnd(sleeper.output).hasPrefix("1\n2\n3\n"))
  }

  @Test func anAttacherThatLeavesDisturbsNobody() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["seq", "30000"])), descriptors: [])
    _ = try await shim.attach()
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    #expect(try fixture.log() == (1...30_000).map { "\($0)\n" }.joined())
  }

  @Test func terminal() async throws {
    let shim = try await fixture.runtime.create(
      fixture.start(
        "box",
        fixture.before() + [.bindConsole, .pivotRoot, .awaitStart, .newSession, .controllingTerminal]
          + [
            .execute(
              arguments: ["sh", "-c", "tty; ls -l /dev/console >&2; read line; stty size; echo got $line"], environment: Fixture.environment
            )
          ],
        hasTerminal: true, isInteractive: true), descriptors: [])
    let streams = try await shim.attach()
    try await shim.start()
    let greeting = try await read(streams.output, until: "/dev/console")
    #expect(greeting.hasPrefix("/dev/pts/0\r\n"))
    #expect(streams.error == nil)
    try await shim.resize(rows: 33, columns: 99)
    try #require(streams.input).descriptor.writeAll("word\n")
    #expect(try await read(streams.output, until: "got").contains("33 99\r\ngot"))
    #expect(await shim.exitStatus().code == 0)
    #expect(try fixture.log().contains("33 99\r\ngot word\r\n"))
  }

  @Test func resizeWithoutTerminalIsRefused() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["sleep", "100"])), descriptors: [])
    try await shim.start()
    await #expect { try await shim.resize(rows: 1, columns: 1) } throws: { ($0 as? ShimError)?.errno == ENOTTY }
    await shim.discard()
  }
}
