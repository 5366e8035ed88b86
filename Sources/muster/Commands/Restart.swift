import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster restart`.
struct Restart: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "restart", abstract: "Restart containers.").ofSubcommand
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("How long a container may take to stop; -1 for however long it takes.", valueName: "seconds")) var timeout: Int?
  @Flag(help: "Do not restart the services that others need.") var noDeps = false
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(
      .restart(services: services.map { ServiceName($0) }, timeout: timeout, noDependencies: noDeps), "restart")
  }
}
