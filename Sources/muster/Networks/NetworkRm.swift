import ArgumentParser
import Backend
import EngineClient

/// `muster network rm`.
struct NetworkRm: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove networks; those that a running container is on are refused.",
    discussion: "Example: muster network rm shared", aliases: ["remove"])
  @Flag(name: .shortAndLong, help: "No error if it does not exist.") var force = false
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    return try await context.remove(names, ignoresMissing: force) { try await engine.removeNetwork($0) }
  }
}
