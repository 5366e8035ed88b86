import ArgumentParser
import Backend
import EngineClient

/// `muster export`: of a service's container.
struct Export: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a service's container's root file system as a tar archive (to standard output).")
  @Option(help: "Which replica, where there are several.") var index: Int?
  @Option(name: .shortAndLong, help: ArgumentHelp("A file instead.", valueName: "file")) var output: String?
  @Argument(help: "The service.") var service: String

  func perform(_ context: Context) async throws -> Int32 {
    try await export(try await container(of: service, index: index, context), to: output, context)
  }
}
