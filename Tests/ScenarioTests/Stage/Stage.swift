import Backend
import TestSupport
import Testing

@testable import Networking

/// Where a scenario plays: an engine of its own and a project's directory.
struct Stage: Sendable {
  let muster: Muster
  private let files: TemporaryDirectory
  /// The project's directory, whose name is the project's too.
  let directory: String
  var project: String { "shop" }

  /// Plays a scenario and then takes the project down, ends the engine and looks for leaks.
  ///
  /// What a scenario that throws has left is printed and removed by force.
  static func play(
    _ stack: String, files: [String: String] = [:], needsImage: Bool = true, sourceLocation: SourceLocation = #_sourceLocation,
    _ scenario: (Stage) async throws -> Void
  ) async throws {
    let stage = try Stage()
    do {
      for (name, text) in files { try stage.write(name, text) }
      try stage.write("compose.yaml", stack)
      if needsImage { try await stage.importBusybox() }
      try await scenario(stage)
      try await stage("down", "--volumes", "--remove-orphans", "--timeout", "0")
      try await stage.expectNothingLeft(sourceLocation)
    } catch {
      await stage.tell(error)
      try await stage.muster.destroy()
      throw error
    }
  }

  init() throws {
    muster = try Muster("scn") { root in
      let suffix = EngineLocation(root: root).suffix
      let kernel = KernelNames(suffix: suffix)
      return HostNames(links: [kernel.bridgePrefix, kernel.vethPrefix], table: kernel.table, cgroup: "muster-" + suffix)
    }
    files = try TemporaryDirectory("scn")
    directory = files("shop")
    try makeDirectories(directory)
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
    _ arguments: String..., status: Int32 = 0, environment: [String: String] = [:], input: String = ""
  ) async throws -> Outcome {
    try await muster(arguments, in: directory, environment: environment, input: input).expect(status)
  }

  /// Runs a command in the project's directory, whatever its status.
  func attempt(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await muster(arguments, in: directory, environment: environment)
  }

  /// Starts a command in the project's directory.
  func start(_ arguments: String..., streams: Child.Streams = .text("")) throws -> Child {
    try muster.start(arguments, in: directory, streams: streams)
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
      if let outcome = try? await muster(command, in: directory) { print(outcome) }
    }
    print("--- musterd.log\n\(muster.engineLog)")
  }
}
