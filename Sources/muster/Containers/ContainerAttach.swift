import ArgumentParser
import EngineClient

/// `muster container attach`.
struct ContainerAttach: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Look on at a container's first process, input included.",
    discussion: "Ctrl-p ctrl-q leaves it running.\nExample: muster container attach shop-web-1")
  @OptionGroup var options: AttachOptions
  @Argument(help: "A name or an id.") var container: String

  func perform(_ context: Context) async throws -> Int32 {
    try await options.attach(to: try await context.engine().container(container), context)
  }
}
