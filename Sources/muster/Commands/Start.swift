import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster start`.
struct Start: StackCommand {
  static let configuration = CommandConfiguration(commandName: "start", abstract: "Start containers that exist.")
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(.start(services: services.map { ServiceName($0) }), "start")
  }
}
