import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Programs of the tests' own for use in a container, static, compiled once a run with the C compiler at hand; where there is none,
/// `MUSTER_TEST_STATIC` is the directory that has them (`Tests/static` makes it).
enum StaticProgram {
  /// `Tests/EscapeAttacker`: what a hostile image would run.
  static let attacker = Task { () throws -> [UInt8] in try await program("EscapeAttacker/attacker.c") }
  /// `Tests/Auditor`: what a container lets a process see and do.
  static let auditor = Task { () throws -> [UInt8] in try await program("Auditor/auditor.c") }

  private static func program(_ source: String) async throws -> [UInt8] {
    let name = source.split(separator: "/").last.map { $0.dropLast(2) } ?? ""
    if let made = getenv("MUSTER_TEST_STATIC") { return try readFile("\(String(cString: made))/\(name)") }
    let directory = try TemporaryDirectory("static")
    var tests = String(describing: #filePath)
    for _ in 0..<3 { tests = tests.lastIndex(of: "/").map { String(tests[..<$0]) } ?? tests }
    _ = try await run(tests + "/static", directory("made")).expect()
    return try readFile(directory("made/\(name)"))
  }
}

/// The attacker's bytes.
enum Attacker {
  static func bytes() async throws -> [UInt8] { try await StaticProgram.attacker.value }
}

/// What an attack was able to do, a line each, and how many times it tried.
struct Findings: CustomStringConvertible {
  var lines: [String]
  var attempts: Int

  init(_ output: String) {
    let all = output.split(separator: "\n").map(String.init)
    lines = all.filter { !$0.hasPrefix("attempts ") }
    attempts = all.compactMap { $0.hasPrefix("attempts ") ? Int($0.dropFirst(9)) : nil }.reduce(0, +)
  }

  var description: String { "\(lines.count) of \(attempts): \(lines.prefix(20))" }
}

extension EngineOfOurOwn {
  /// An engine with the image `hostile` besides: `tiny`, with the attacker at /bin/attacker and what else the test puts there.
  static func attacked(
    _ change: (inout TarWriter) throws -> Void = { _ in }, _ body: (EngineOfOurOwn) async throws -> Void
  ) async throws {
    let attacker = try await Attacker.bytes()
    let directory = try TemporaryDirectory("hostile")
    var archive = try await TinyImage.archive()
    archive.file("bin/attacker", attacker, mode: 0o755)
    try change(&archive)
    let tar = directory("hostile.tar")
    try writeFile(tar, archive.finished())
    try await with { engine in
      _ = try await engine.backend.importImage(path: tar, reference: "hostile")
      try await body(engine)
    }
  }

  /// A stack of services of the image `hostile`.
  func hostile(_ name: ProjectName, _ services: [ServiceName: String], _ change: (inout ContainerOptions) -> Void = { _ in }) -> Stack {
    var stack = stack(name, services, change)
    for service in stack.services.keys { stack.services[service]?.image = "hostile" }
    return stack
  }

  /// Takes a stack down without waiting for anybody to end by itself.
  func endNow(_ project: ProjectName) async throws {
    var options = DownOptions()
    options.timeout = 0
    _ = try await backend.carryOut(StackRequest(project: project, stack: nil, operation: .down(options))) { _ in }
  }

  /// Runs an attack in a container to its end.
  func attack(_ project: ProjectName, _ service: ServiceName, _ words: String...) async throws -> Findings {
    let done = try await exec(project, service, ["attacker"] + words)
    let findings = Findings(done.output)
    #expect(done.code == 0 && findings.attempts > 0, "\(words): \(done)")
    return findings
  }

  /// A process in a container as somebody, somewhere: exit code (126 and above also for one that could not begin) and output.
  func exec(
    _ project: ProjectName, _ service: ServiceName, _ command: [String], user: String? = nil, workingDirectory: String? = nil
  ) async throws -> (code: Int32, output: String) {
    var request = SessionRequest.Exec(project: project, service: service, command: command)
    request.user = user
    request.workingDirectory = workingDirectory
    let output = Collected()
    do {
      let code = try await backend.session(.exec(request), input: AsyncStream { $0.finish() }) {
        if case .bytes(let bytes, _) = $0 { await output.add(bytes) }
      }
      return (code, await output.text)
    } catch let error as EngineError {
      return (255, "refused: \(error.message)")
    }
  }
}
