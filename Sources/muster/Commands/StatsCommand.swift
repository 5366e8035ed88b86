import ArgumentParser

/// `muster stats`.
struct StatsCommand: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show what services use of the machine.", discussion: "Example: muster stats --no-stream web")
  @OptionGroup var options: StatisticsOptions
  @Argument(help: "A service; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    try await options.show(context) { try await context.containers(of: services) }
  }
}
