import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster down`.
struct Down: StackCommand {
  static let configuration = CommandConfiguration(commandName: "down", abstract: "Stop and remove containers and networks.")
  @Flag(name: .shortAndLong, help: "Remove named and anonymous volumes too.") var volumes = false
  @Flag(help: "Remove containers of services that are not in the stack file.") var removeOrphans = false
  @Option(help: "Remove images: local (those built here without a name of their own) or all.") var rmi: Images?
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("How long a container may take to stop; -1 for however long it takes.", valueName: "seconds")) var timeout: Int?
  @Argument(help: "Services; none: all.") var services: [String] = []

  enum Images: String, ExpressibleByArgument, CaseIterable { case local, all }

  func perform(_ context: Context) async throws -> Int32 {
    var options = DownOptions()
    options.services = services.map { ServiceName($0) }
    options.volumes = volumes
    options.images = rmi.flatMap { DownOptions.Images(rawValue: $0.rawValue) }
    options.removeOrphans = removeOrphans
    options.timeout = timeout
    // Without a readable file, what the engine knows of the project is enough.
    let project = try context.project()
    let report = try await context.carryOut(.down(options), project, title: "down", on: try await context.engine())
    return report.succeeded ? 0 : 1
  }
}
