import ArgumentParser
import Backend

/// `muster container rename`.
struct ContainerRename: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a container another name.", discussion: "Example: muster container rename shell old-shell")
  @Argument(help: "A name or an id.") var container: String
  @Argument(help: "The new name.") var name: String

  func perform(_ context: Context) async throws -> Int32 { try await context.act(on: [container], .rename(to: name), prints: false) }
}
