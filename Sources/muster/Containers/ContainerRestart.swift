import ArgumentParser
import Backend

/// `muster container restart`.
struct ContainerRestart: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Restart containers.", discussion: "Example: muster container restart shop-web-1")
  @Option(name: .shortAndLong, help: ArgumentHelp("The signal (default: its own).", valueName: "signal")) var signal: String?
  @Option(
    name: [.customShort("t"), .customLong("timeout"), .customLong("time")], parsing: .unconditional,
    help: ArgumentHelp("How long it may take to stop; -1 for however long it takes.", valueName: "seconds")) var timeout: Int?
  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 {
    try await context.act(on: containers, .restart(timeout: timeout, signal: signal))
  }
}
