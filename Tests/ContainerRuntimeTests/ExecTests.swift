import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import TestSupport
import Testing

@Suite struct ExecTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  private func sleeper() async throws -> Shim {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["sleep", "1000"])), descriptors: [])
    try await shim.start()
    return shim
  }

  private func exec(_ shim: Shim, _ command: [String], session: UInt32 = 1, isInteractive: Bool = false) async throws -> ExecSession {
    try await shim.exec(
      ExecStart(session: session, steps: fixture.execSteps(command), hasTerminal: false, isInteractive: isInteractive), descriptors: [])
  }

  @Test func runsInTheContainersNamespaces() async throws {
    let shim = try await sleeper()
    let session = try await exec(shim, ["sh", "-c", "hostname; ls /; ps | grep 'sleep 1000' | grep -v grep; echo err >&2; exit 5"])
    let streams = session.takeStreams()
    let output = try await readToEnd(streams.output)
    #expect(output.hasPrefix("box\nbin\ndev\n"))
    #expect(output.contains("1 "))
    #expect(try await readToEnd(streams.error) == "err\n")
    #expect(await session.exit().code == 5)
    #expect(session.pid > 1)
    await shim.discard()
  }

  @Test func standardInput() async throws {
    let shim = try await sleeper()
    let session = try await exec(shim, ["cat"], isInteractive: true)
    let streams = session.takeStreams()
    try #require(streams.input).descriptor.writeAll("to and fro")
    try await shim.closeInput(session: 1)
    // The shim's end is closed, ours too: a duplicate of the descriptor would keep it open.
    let output = streams.output
    #expect(try await read(output, until: "to and fro") == "to and fro")
    try await shim.signal(SIGTERM, session: 1)
    #expect(await session.exit().code == 128 + SIGTERM)
    await shim.discard()
  }

  @Test func manySessions() async throws {
    let shim = try await sleeper()
    let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
      for number in 1...20 {
        group.addTask { await (try await self.exec(shim, ["sh", "-c", "exit \(number)"], session: UInt32(number))).exit().code }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(codes.sorted() == (1...20).map { Int32($0) })
    await shim.discard()
  }

  @Test func programNotFound() async throws {
    let shim = try await sleeper()
    let error = await #expect(throws: SetupFailure.self) { _ = try await self.exec(shim, ["nonsuch"]) }
    #expect(error?.description == "exec: \"nonsuch\": executable file not found in $PATH")
    #expect(error?.exitCode == 127)
    #expect(try await exec(shim, ["true"]).exit().code == 0)
    await shim.discard()
  }

  @Test func terminal() async throws {
    let shim = try await sleeper()
    let session = try await shim.exec(
      ExecStart(
        session: 3,
        steps: [
          .newSession, .controllingTerminal, .execute(arguments: ["sh", "-c", "tty; read x; stty size"], environment: Fixture.environment),
        ],
        hasTerminal: true, isInteractive: true), descriptors: [])
    let streams = session.takeStreams()
    _ = try await read(streams.output, until: "/dev/pts/")
    try await shim.resize(session: 3, rows: 12, columns: 34)
    try #require(streams.input).descriptor.writeAll("\n")
    _ = try await read(streams.output, until: "12 34")
    #expect(await session.exit().code == 0)
    await shim.discard()
  }

  @Test func detached() async throws {
    let shim = try await sleeper()
    let session = try await shim.exec(
      ExecStart(
        session: 3, steps: fixture.execSteps(["sh", "-c", "seq 100000; exit 3"]), hasTerminal: false, isInteractive: false, isDetached: true
      ),
      descriptors: [])
    #expect(session.takeStreams().output == nil)
    #expect(await session.exit().code == 3)
    await shim.discard()
  }

  @Test func endsWithTheContainer() async throws {
    let shim = try await sleeper()
    let session = try await exec(shim, ["sleep", "1000"])
    try await shim.signal(SIGKILL)
    #expect(await session.exit().code == 137)
    #expect(await shim.exitStatus().code == 137)
    await #expect(throws: ShimError.self) { _ = try await self.exec(shim, ["true"], session: 9) }
  }
}
