import ArgumentParser
import Backend
import Diagnostics
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
    var status: Int32 = 0
    for name in names {
      do {
        context.output.write(visible(try await engine.removeNetwork(name)) + "\n")
      } catch let error as EngineError {
        if force, error.code == .notFound { continue }
        context.output.error(text(of: error))
        status = 1
      }
    }
    return status
  }
}
