import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import TestSupport
import Testing

@Suite struct FindTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  @Test func nobodyListens() async throws {
    #expect(await fixture.runtime.find(socket: fixture.directory("nonsuch.sock")) == nil)
  }

  @Test func anotherEngineGoesOn() async throws {
    let first = try await fixture.runtime.create(
      fixture.start("box", fixture.steps(["sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"])), descriptors: [])
    let streams = try await first.attach()
    try await first.start()
    _ = try await read(streams.output, until: "ready")
    first.close()
    let again = try ContainerRuntime(shim: try ShimBinary.path())
    let shim = try #require(await again.find(socket: fixture.directory("box.sock")))
    #expect(shim.description.id == "box")
    #expect(shim.description.state == .running)
    #expect(shim.pid == first.pid)
    let session = try await shim.exec(
      ExecStart(session: 1, steps: fixture.execSteps(["true"]), hasTerminal: false, isInteractive: false), descriptors: [])
    #expect(await session.exit().code == 0)
    try await shim.signal(SIGTERM)
    #expect(await shim.exitStatus().code == 3)
  }

  @Test func aWaitingContainerCanBeStartedByAnotherEngine() async throws {
    let first = try await fixture.runtime.create(fixture.start("box", fixture.steps(["sh", "-c", "exit 6"])), descriptors: [])
    first.close()
    let shim = try #require(await fixture.runtime.find(socket: fixture.directory("box.sock")))
    #expect(shim.description.state == .created)
    try await shim.start()
    #expect(await shim.exitStatus().code == 6)
  }

  @Test func theRecordIsThereWhenNobodyListened() async throws {
    let shim = try await fixture.runtime.create(
      fixture.start("box", fixture.steps(["sh", "-c", "read line; exit 8"]), isInteractive: true), descriptors: [])
    let streams = try await shim.attach()
    try await shim.start()
    let process = try Process.open(getppid(of: shim.pid))
    shim.close()
    try #require(streams.input).descriptor.writeAll("\n")
    try await onThread {
      var poll = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, 20000) == 1 else { throw ShimTestError(what: "the shim did not end") }
    }
    #expect(readExitRecord(fixture.directory("box.exit"))?.code == 8)
    #expect(await fixture.runtime.find(socket: fixture.directory("box.sock")) == nil)
  }

  @Test func aKilledEngineLeavesItsContainersRunning() async throws {
    let start = fixture.start(
      "box", fixture.steps(["sh", "-c", "trap 'exit 3' TERM; echo begun; while :; do echo tick; sleep 0.02; done"]))
    await #expect(processExitsWith: .signal(SIGKILL)) { [bytes = start.wireBytes as [UInt8]] in
      let runtime = try ContainerRuntime(shim: try ShimBinary.path())
      let shim = try await runtime.create(try ContainerStart(wireBytes: bytes), descriptors: [])
      try await shim.start()
      kill(getpid(), SIGKILL)
    }
    let shim = try #require(await fixture.runtime.find(socket: fixture.directory("box.sock")))
    #expect(shim.description.state == .running)
    // It still runs and writes.
    _ = try await read(try await shim.attach().output, until: "tick\ntick\n")
    try await shim.signal(SIGTERM)
    #expect(await shim.exitStatus().code == 3)
    #expect(try fixture.log().hasPrefix("begun\ntick\n"))
  }

  @Test func hostileBytesOnTheSocketHurtNobody() async throws {
    let shim = try await fixture.runtime.create(fixture.start("box", fixture.steps(["sleep", "100"])), descriptors: [])
    try await shim.start()
    var generator = SystemRandomNumberGenerator()
    for length in [1, 9, 10, 40, 5000] {
      let socket = try UnixSocket.connect(path: fixture.directory("box.sock"))
      var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      if length == 40 { bytes = [30, 0, 0, 0, 0, 0, 1, 0, 0, 0] + bytes[10...] }
      _ = try? socket.send(bytes)
    }
    let session = try await shim.exec(
      ExecStart(session: 1, steps: fixture.execSteps(["true"]), hasTerminal: false, isInteractive: false), descriptors: [])
    #expect(await session.exit().code == 0)
    await shim.discard()
  }

  private func getppid(of pid: Int32) throws -> Int32 {
    let line = try readText("/proc/\(pid)/stat")
    let fields = line[line.index(after: line.lastIndex(of: ")")!)...].split(separator: " ")
    return Int32(fields[1])!
  }
}
