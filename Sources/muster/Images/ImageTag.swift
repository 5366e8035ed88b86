import ArgumentParser
import Backend
import EngineClient

/// `muster image tag`.
struct ImageTag: StackCommand {
  static let configuration = CommandConfiguration(commandName: "tag", abstract: "Give an image one more name.")
  @Argument(help: "A name or an id.") var source: String
  @Argument(help: "[REGISTRY/]NAME[:TAG]") var target: String

  func perform(_ context: Context) async throws -> Int32 {
    try await context.engine().tagImage(source, as: target)
    return 0
  }
}
