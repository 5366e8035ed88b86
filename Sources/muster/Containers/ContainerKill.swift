import ArgumentParser
import Backend

/// `muster container kill`.
struct ContainerKill: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill", abstract: "Send containers a signal.", discussion: "Example: muster container kill -s HUP shop-web-1")
  @Option(name: .shortAndLong, help: "The signal.") var signal = "SIGKILL"
  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 { try await context.act(on: containers, .kill(signal: signal)) }
}
