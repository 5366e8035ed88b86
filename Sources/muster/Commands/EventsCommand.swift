import ArgumentParser
import Backend
import EngineClient
import StackModel
import Terminal

/// `muster events`.
struct EventsCommand: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show what happens to containers and jobs, as it happens.",
    discussion: "Example: muster events --since 10m --filter event=die web")
  @Flag(help: "One JSON object a line, as Compose writes it.") var json = false
  @OptionGroup var options: EventOptions
  @Argument(help: "Services and jobs; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    var request = try options.request(try context.project(), types: ["container", "job"])
    if !services.isEmpty { try request.filter(by: ["service": services]) }
    return try await context.write(request, as: json && options.format.isEmpty ? .compose : try options.eventFormat())
  }
}
