import ArgumentParser
import Backend
import EngineClient

/// `muster secret rm`.
struct SecretRm: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove secrets; those that a stack uses are refused.", aliases: ["remove"])
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    return try await context.remove(names) { name in
      try await engine.removeSecret(name)
      return name
    }
  }
}
