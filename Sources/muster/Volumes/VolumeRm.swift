import ArgumentParser
import Backend
import EngineClient

/// `muster volume rm`.
struct VolumeRm: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove volumes with what they hold; those that a container has are refused.",
    discussion: "Example: muster volume rm shop_data", aliases: ["remove"])
  @Flag(name: .shortAndLong, help: "No error if it does not exist.") var force = false
  @Argument(help: "Names.") var volumes: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    return try await context.remove(volumes, ignoresMissing: force) { name in
      try await engine.removeVolume(named: name)
      return name
    }
  }
}
