import ArgumentParser
import Backend
import EngineClient
import Terminal

/// `muster system events`.
struct SystemEvents: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show what happens to containers, networks, volumes and images, of all stacks and of none.",
    discussion: "Example: muster system events --filter type=network --format '{{.Action}} {{.Actor.Attributes.name}}'")
  @OptionGroup var options: EventOptions

  func perform(_ context: Context) async throws -> Int32 {
    let request = try options.request(nil, types: ["container", "image", "network", "volume"])
    return try await context.write(request, as: try options.eventFormat())
  }
}
