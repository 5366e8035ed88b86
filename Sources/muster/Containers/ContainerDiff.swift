import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster container diff`.
struct ContainerDiff: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show in what a container's files differ from its image's: A added, C changed, D deleted.")
  @Argument(help: "A name or an id.") var container: String

  func perform(_ context: Context) async throws -> Int32 {
    for change in try await context.engine().changes(of: container) {
      context.output.write("\(change.Kind.letter) \(visible(change.Path))\n")
    }
    return 0
  }
}
