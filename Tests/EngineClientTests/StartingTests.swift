import Backend
import EngineClient
import Glibc
import LinuxKit
import SystemPackage
import TestSupport
import Testing

/// One after the other: a program that is being written while another test forks cannot be run (ETXTBSY).
@Suite(.serialized) struct StartingTests {
  /// A program that stands for the engine.
  private func program(_ directory: TemporaryDirectory, _ body: String) throws -> String {
    let path = directory("engine")
    try atomicWrite(FilePath(path), Array("#!/bin/sh\n\(body)\n".utf8), mode: 0o755)
    return path
  }

  @Test func `an engine that does not come up is told with its log's last lines`() async throws {
    let directory = try TemporaryDirectory("start")
    let engine = try program(directory, "echo 'cannot open the store' >&2; exit 3")
    let location = EngineLocation(root: directory("root"))
    let error = await #expect(throws: EngineError.self) { try await EngineClient.connectOrStart(location, program: engine) }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("status 3\n  cannot open the store") == true)
    #expect(error?.hint?.contains(location.log) == true)
  }

  @Test func `the engine gets its place, a session and none of the caller's secrets`() async throws {
    let directory = try TemporaryDirectory("start")
    let engine = try program(
      directory, "{ echo \"$@\"; env; ps -o sid= -p $$; echo $$; ls /proc/self/fd | wc -l; } > \(directory("told")); echo ready >&3")
    setenv("DB_PASSWORD", "canary-4711", 1)
    defer { unsetenv("DB_PASSWORD") }
    let location = EngineLocation(root: directory("root"))
    _ = try await EngineClient.connectOrStart(location, program: engine)
    let told = String(decoding: try Descriptor.open(directory("told"), O_RDONLY).readAll(limit: 65536), as: UTF8.self)
    #expect(told.hasPrefix("--root \(location.root) --run-dir \(location.runDirectory) --ready-fd 3\n"))
    #expect(!told.contains("canary-4711"))
    let lines = told.split(separator: "\n").map { $0.filter { $0 != " " } }
    #expect(lines[lines.count - 3] == lines[lines.count - 2], "not the leader of its session")
    // 0 to 3, and ls's own.
    #expect(lines.last == "5")
  }
}
