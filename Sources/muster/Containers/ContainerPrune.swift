import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel
import Terminal

/// `muster container prune`.
struct ContainerPrune: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove all containers that do not run.",
    discussion: "Example: muster container prune --filter until=24h")
  @Option(
    parsing: .singleValue, help: ArgumentHelp("until=TIME or AGE, label=KEY[=VALUE] or label!=KEY[=VALUE].", valueName: "filter"))
  var filter: [String] = []
  @Flag(name: .shortAndLong, help: "Without asking.") var force = false

  func perform(_ context: Context) async throws -> Int32 {
    let request = try pruneRequest(filter, all: false)
    if !force, !agrees("WARNING! This will remove all stopped containers.", context) { return 0 }
    let engine = try await context.engine()
    var (removed, reclaimed): ([String], Int64) = ([], 0)
    for usage in try await engine.diskUsage().containers {
      let container = usage.observed
      guard [.created, .exited, .dead].contains(container.state),
        request.matches(labels: container.spec.options.labels, created: container.createdAt)
      else { continue }
      // One that has been started meanwhile is refused, one that is gone is gone.
      do {
        _ = try await engine.act(on: container.id.rawValue, .remove(force: false, volumes: false))
      } catch let error as EngineError where error.code == .conflict || error.code == .notFound { continue }
      removed.append(container.id.rawValue)
      reclaimed += usage.size
    }
    if !removed.isEmpty { context.output.write("Deleted Containers:\n" + removed.map { $0 + "\n" }.joined() + "\n") }
    context.output.write("Total reclaimed space: \(humanSize(reclaimed))\n")
    return 0
  }
}
