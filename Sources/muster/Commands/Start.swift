import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster start`.
struct Start: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "start", abstract: "Start containers that exist.").ofSubcommand
  @Flag(help: "Wait until services are running or healthy.") var wait = false
  @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds")) var waitTimeout: Int?
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    let status = try await context.simple(.start(services: services.map { ServiceName($0) }), "start")
    guard wait, status == 0, !context.options.dryRun else { return status }
    return try await context.waitUntilReady(services.map { ServiceName($0) }, timeout: waitTimeout)
  }

  func validate() throws {
    if waitTimeout != nil && !wait { throw ValidationError("--wait-timeout needs --wait") }
  }
}
