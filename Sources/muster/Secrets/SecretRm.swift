import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster secret rm`.
struct SecretRm: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove secrets; those that a stack uses are refused.", aliases: ["remove"])
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var status: Int32 = 0
    for name in names {
      do {
        try await engine.removeSecret(name)
        context.output.write(visible(name) + "\n")
      } catch let error as EngineError {
        context.output.error(text(of: error))
        status = 1
      }
    }
    return status
  }
}
