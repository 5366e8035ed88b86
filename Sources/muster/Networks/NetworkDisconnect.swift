import ArgumentParser
import Backend
import EngineClient

/// `muster network disconnect`.
struct NetworkDisconnect: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "disconnect", abstract: "Take a container off a network, also while it runs.",
    discussion: "Example: muster network disconnect shared shop-db-1")
  @Flag(name: .shortAndLong, help: "Nothing more than without.") var force = false
  @Argument(help: "The network's name or id.") var network: String
  @Argument(help: "The container's name or id.") var container: String

  func perform(_ context: Context) async throws -> Int32 {
    try await context.engine().disconnectNetwork(network, container: container)
    return 0
  }
}
