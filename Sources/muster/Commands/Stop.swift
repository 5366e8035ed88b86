import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster stop`.
struct Stop: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "stop", abstract: "Stop containers.").ofSubcommand
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("How long a container may take to stop; -1 for however long it takes.", valueName: "seconds")) var timeout: Int?
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(.stop(services: services.map { ServiceName($0) }, timeout: timeout), "stop")
  }
}
