import Backend
import TestSupport
import Testing

@testable import Networking

/// Where a scenario plays: an engine of its own and a project's directory.
struct Stage: Sendable {
  let muster: Muster
  private let files: TemporaryDirectory
  /// Where commands run: `shop` in a temporary directory, unless the scenario plays elsewhere.
  let directory: String
  /// What commands get beside the plain environment.
  let environment: [String: String]

  /// Plays a scenario and then takes the project down, ends the engine and looks for leaks.
  ///
  /// What a scenario that throws has left is printed and removed by force.
  static func play(
    _ stack: String, files: [String: String] = [:], environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation, _ scenario: (Stage) async throws -> Void
  ) async throws {
    let stage = try Stage(environment: environment)
    for (name, text) in files { try stage.write(name, text) }
    try stage.write("compose.yaml", stack)
    try await stage.play(sourceLocation) { stage in
      try await stage.importBusybox()
      try await scenario(stage)
    }
  }

  /// The same, on a stage that is set already.
  func play(_ sourceLocation: SourceLocation = #_sourceLocation, _ scenario: (Stage) async throws -> Void) async throws {
    do {
      try await scenario(self)
      try await self("down", "--volumes", "--remove-orphans", "--timeout", "0")
      try await expectNothingLeft(sourceLocation)
    } catch {
      await tell(error)
      try await muster.destroy()
      throw error
    }
  }

  init(in directory: String? = nil, environment: [String: String] = [:]) throws {
    muster = try Muster("scn") { root in
      let suffix = EngineLocation(root: root).suffix
      let kernel = KernelNames(suffix: suffix)
      return HostNames(
        links: [kernel.bridgePrefix, kernel.vethPrefix], table: kernel.table, cgroup: "muster-" + suffix,
        scopes: ["muster-\(suffix).scope", "musterd-\(suffix).scope"])
    }
    files = try TemporaryDirectory("scn")
    try makeDirectories(files("shop"))
    self.directory = directory ?? files("shop")
    self.environment = environment
  }

  /// Writes a file of the project.
  func write(_ name: String, _ text: String) throws { try files.write("shop/" + name, text) }

  /// Makes `busybox:latest` known to the engine.
  func importBusybox() async throws {
    try await TinyImage.write(to: files("busybox.tar"))
    try await self("image", "import", files("busybox.tar"), "busybox:latest")
  }

  /// Runs a command in the project's directory; throws, with all that it wrote, when its status is not the one wanted.
  @discardableResult
  func callAsFunction(
    _ arguments: String..., status: Int32 = 0, input: String = ""
  ) async throws -> Outcome {
    try await muster(arguments, in: directory, environment: environment, input: input).expect(status)
  }

  /// Runs a command in the project's directory, whatever its status.
  func attempt(_ arguments: String...) async throws -> Outcome {
    try await muster(arguments, in: directory, environment: environment)
  }

  /// Starts a command in the project's directory.
  func start(_ arguments: String..., streams: Child.Streams = .text("")) throws -> Child {
    try muster.start(arguments, in: directory, environment: environment, streams: streams)
  }

  /// The engine's end and what there is after it.
  func expectNothingLeft(_ sourceLocation: SourceLocation = #_sourceLocation) async throws {
    if muster.engine != nil { #expect(await muster.endEngine(15), "the engine does not end", sourceLocation: sourceLocation) }
    let left = try await muster.ledger.settledEntries()
    #expect(left.isEmpty, "left on the host:\n\(left)", sourceLocation: sourceLocation)
    if !left.isEmpty { try await muster.destroy() }
  }

  private func tell(_ error: any Error) async {
    print("--- the scenario failed: \(error)")
    for command in [["ps", "--all"], ["logs", "--no-color", "--tail", "50"]] {
      if let outcome = try? await muster(command, in: directory, environment: environment) { print(outcome) }
    }
    print("--- musterd.log\n\(muster.engineLog)")
  }
}
