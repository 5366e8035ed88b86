import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Terminal

/// `muster system prune`.
struct SystemPrune: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove stopped containers, and networks and images that nothing uses.")
  @Flag(name: .shortAndLong, help: "Every image that no container stands on, not only those without a name.") var all = false
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("until=24h (leaves networks and volumes), label=KEY[=VALUE], label!=KEY[=VALUE].", valueName: "filter"))
  var filter: [String] = []
  @Flag(name: .shortAndLong, help: "Do not ask.") var force = false
  @Flag(help: "The unnamed volumes that nothing uses too.") var volumes = false

  func perform(_ context: Context) async throws -> Int32 {
    let request = try pruneRequest(filter, all: all)
    var lines = ["  - all stopped containers", "  - all networks not used by at least one container"]
    if volumes { lines.append("  - all anonymous volumes not used by at least one container") }
    lines.append(all ? "  - all images without at least one container associated to them" : "  - all dangling images")
    if filter.isEmpty { lines.append("  - what builds have kept for the next build") }
    guard force || agrees("WARNING! This will remove:\n" + lines.joined(separator: "\n") + "\n", context) else {
      context.output.error("system prune has been cancelled")
      return 1
    }
    let report = try await context.engine().pruneSystem(request, volumes: volumes)
    let parts = [
      ("Deleted Containers:", report.containers), ("Deleted Networks:", report.networks), ("Deleted Volumes:", report.volumes),
      ("Deleted Images:", report.images), ("Deleted build cache objects:", report.cache),
    ]
    for (title, names) in parts where !names.isEmpty {
      context.output.write(title + "\n" + names.map { visible($0) + "\n" }.joined() + "\n")
    }
    context.output.write("Total reclaimed space: \(humanSize(report.reclaimed))\n")
    return 0
  }
}
