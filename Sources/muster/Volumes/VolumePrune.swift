import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Terminal

/// `muster volume prune`.
struct VolumePrune: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove volumes that no container has.", discussion: "Example: muster volume prune --filter label!=keep"
  )
  @Flag(name: .shortAndLong, help: "Named ones too, not only those made for one container.") var all = false
  @Option(parsing: .singleValue, help: ArgumentHelp("label=KEY[=VALUE] or label!=KEY[=VALUE].", valueName: "filter")) var filter: [String] =
    []
  @Flag(name: .shortAndLong, help: "Without asking.") var force = false

  func perform(_ context: Context) async throws -> Int32 {
    var request = try pruneRequest(filter.filter { $0 != "all=true" && $0 != "all=1" }, all: all)
    request.all = all || filter.contains("all=true") || filter.contains("all=1")
    let which = request.all ? "all volumes" : "anonymous local volumes"
    if !force, !agrees("WARNING! This will remove \(which) not used by at least one container.", context) { return 0 }
    let report = try await context.engine().pruneVolumes(request)
    if !report.volumes.isEmpty {
      context.output.write("Deleted Volumes:\n" + report.volumes.map { visible($0) + "\n" }.joined() + "\n")
    }
    context.output.write("Total reclaimed space: \(humanSize(report.reclaimed))\n")
    return 0
  }
}
