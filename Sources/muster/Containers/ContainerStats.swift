import ArgumentParser
import Backend
import EngineClient
import Reconciler

/// `muster container stats`.
struct ContainerStats: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show what containers use of the machine.",
    discussion: "Example: muster container stats --no-stream --format '{{.Name}}: {{.MemUsage}}'")
  @OptionGroup var options: StatisticsOptions
  @Argument(help: "Names or ids; none: all.") var containers: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var options = options
    if !containers.isEmpty { options.all = true }
    return try await options.show(context) {
      if containers.isEmpty { return try await engine.observe(nil).containers }
      var found: [ObservedContainer] = []
      for name in containers { found.append(try await engine.container(name)) }
      return found
    }
  }
}
