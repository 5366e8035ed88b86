import ArgumentParser
import Backend

/// `muster container unpause`.
struct ContainerUnpause: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpause", abstract: "Let the processes of containers go on.", discussion: "Example: muster container unpause shop-web-1")

  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 { try await context.act(on: containers, .unpause) }
}
