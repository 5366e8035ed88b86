import ArgumentParser
import Backend

/// `muster container pause`.
struct ContainerPause: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stop all processes of containers where they are.",
    discussion: "Example: muster container pause shop-web-1")

  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 { try await context.act(on: containers, .pause) }
}
