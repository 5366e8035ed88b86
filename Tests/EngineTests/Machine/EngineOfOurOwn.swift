import Backend
import Glibc
import OCI
import Reconciler
import StackModel
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// An engine on this machine with a root of its own and the image `tiny`, taken down with everything it made.
struct EngineOfOurOwn {
  let location: EngineLocation
  let backend: LocalBackend
  private let directory: TemporaryDirectory

  /// Numbers for containers with user namespaces of their own.
  static let someUsers = UserMapping(
    users: [UserMapping.Range(inside: 0, outside: 200_000, count: 65_536)],
    groups: [UserMapping.Range(inside: 0, outside: 300_000, count: 65_536)])
  /// With `MUSTER_TEST_USERNS` every test's containers have them, though not every test is about such.
  private static let usualUsers = getenv("MUSTER_TEST_USERNS") == nil ? nil : someUsers

  /// `root`: where it keeps everything, when that is not to be a directory of its own; `capabilities`: the engine's setting of that name;
  /// `users`: the numbers that `userns-remap` stands for; `clock`: the one that jobs go by; `journal`: where there is another than systemd's.
  static func with(
    root: String? = nil, capabilities: String? = nil, users: UserMapping? = usualUsers,
    clock: any JobClock = WallJobClock(), journal: String = journalSocket, _ body: (EngineOfOurOwn) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory("engine")
    let location = EngineLocation(root: root ?? directory("root"))
    let backend = try await LocalBackend.open(
      location, shim: ShimBinary.path(), capabilities: capabilities, userMapping: users, clock: clock, journal: journal)
    let tar = directory("tiny.tar")
    try await TinyImage.write(to: tar)
    _ = try await backend.importImage(path: tar, reference: "tiny")
    let engine = EngineOfOurOwn(location: location, backend: backend, directory: directory)
    do {
      try await body(engine)
    } catch {
      await engine.end()
      throw error
    }
    await engine.end()
  }

  /// Opens the engine anew on the same root, as after a crash: nothing was said to the old one.
  func reopened(users: UserMapping? = usualUsers, clock: any JobClock = WallJobClock()) async throws -> EngineOfOurOwn {
    await backend.shutDown()
    return EngineOfOurOwn(
      location: location, backend: try await LocalBackend.open(location, shim: ShimBinary.path(), userMapping: users, clock: clock),
      directory: directory)
  }

  func end() async {
    let withJobs = await backend.jobs.summaries(nil).map(\.project)
    for project in Set(await backend.containers.all().map(\.spec.project) + withJobs) {
      do {
        var options = DownOptions()
        options.volumes = true
        options.timeout = 0
        let report = try await backend.carryOut(StackRequest(project: project, stack: nil, operation: .down(options))) { _ in }
        #expect(report.failures == [])
      } catch {
        Issue.record("taking \(project) down: \(error)")
      }
    }
    await backend.shutDown()
  }

  /// A stack of services that run a shell command each on a network of their own.
  func stack(_ name: ProjectName, _ services: [ServiceName: String], _ change: (inout ContainerOptions) -> Void = { _ in }) -> Stack {
    var stack = Stack(name: name)
    let network = NetworkName("\(name)_default")
    stack.networks[network] = Network(key: "default", name: network)
    for (service, script) in services {
      var made = Service(name: service, image: "tiny")
      made.options.command = ["sh", "-c", script]
      made.options.network = .bridges([Attachment(network: network)])
      made.options.stopGracePeriod = .seconds(1)
      change(&made.options)
      stack.services[service] = made
    }
    return stack
  }

  @discardableResult
  func up(_ stack: Stack, _ options: UpOptions = UpOptions(), caller: Caller? = nil) async throws -> Report {
    try await backend.carryOut(StackRequest(project: stack.name, stack: stack, operation: .up(options), caller: caller)) { _ in }
  }

  @discardableResult
  func down(_ project: ProjectName, volumes: Bool = false) async throws -> Report {
    var options = DownOptions()
    options.volumes = volumes
    return try await backend.carryOut(StackRequest(project: project, stack: nil, operation: .down(options))) { _ in }
  }

  func container(_ name: String) async throws -> ObservedContainer {
    try #require(await backend.containers.find(name: name)?.observed, "no container \(name)")
  }

  /// The log's text of a project, when all of it has been written.
  func log(_ project: ProjectName) async throws -> [String] {
    var lines: [String] = []
    for try await block in try await backend.logs(LogRequest(project: project)) { lines += block.map(\.text) }
    return lines
  }

  /// Runs a command in a service's container: exit code and output.
  func exec(_ project: ProjectName, _ service: ServiceName, _ command: [String]) async throws -> (code: Int32, output: String) {
    let output = Collected()
    let code = try await backend.session(
      .exec(SessionRequest.Exec(project: project, service: service, command: command)), input: AsyncStream { $0.finish() }
    ) { if case .bytes(let bytes, _) = $0 { await output.add(bytes) } }
    return (code, await output.text)
  }
}

actor Collected {
  private var bytes: [UInt8] = []
  func add(_ more: [UInt8]) { bytes += more }
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
