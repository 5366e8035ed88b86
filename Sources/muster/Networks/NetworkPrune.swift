import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc

/// `muster network prune`.
struct NetworkPrune: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove the networks that no container has.",
    discussion: "Example: muster network prune --force --filter until=24h")
  @Option(
    name: .customLong("filter"), parsing: .singleValue,
    help: ArgumentHelp("until=TIME or AGE, label=KEY[=VALUE] or label!=KEY[=VALUE].", valueName: "filter")) var filter: [String] = []
  @Flag(name: .shortAndLong, help: "Without asking.") var force = false

  func perform(_ context: Context) async throws -> Int32 {
    // `label!=a` is the key `label!` with the value `a`.
    let filter = try NetworkFilter(arguments: filter, keys: NetworkFilter.pruneKeys)
    if !force, isatty(STDIN_FILENO) == 1 {
      context.output.notice(
        "WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue? [y/N] ")
      guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else { return 0 }
    }
    let removed = try await context.engine().pruneNetworks(filter)
    if !removed.isEmpty { context.output.write("Deleted Networks:\n" + removed.map { visible($0) + "\n" }.joined() + "\n") }
    return 0
  }
}
