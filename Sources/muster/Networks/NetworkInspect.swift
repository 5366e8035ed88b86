import ArgumentParser
import Backend
import EngineClient

/// `muster network inspect`: Docker's JSON, with the containers that are on it.
struct NetworkInspect: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is known of networks, and which containers are on them.",
    discussion: "Example: muster network inspect shop_default")
  @Option(name: .shortAndLong, help: "json, or a template: {{.Name}}") var format: String?
  @Flag(name: .shortAndLong, help: "Nothing more than without.") var verbose = false
  @Argument(help: "Names or ids.") var names: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var found: [NetworkSummary] = []
    var status: Int32 = 0
    for name in names {
      do {
        found.append(try await engine.network(name))
      } catch let error as EngineError {
        context.output.error(text(of: error))
        status = 1
      }
    }
    try context.write(inspected: found, format: format)
    return status
  }
}
