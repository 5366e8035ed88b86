import ArgumentParser
import Backend
import Diagnostics
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
    var status: Int32 = 0
    for name in volumes {
      do {
        try await engine.removeVolume(named: name)
        context.output.write(visible(name) + "\n")
      } catch let error as EngineError {
        if force, error.code == .notFound { continue }
        context.output.error(text(of: error))
        status = 1
      }
    }
    return status
  }
}
