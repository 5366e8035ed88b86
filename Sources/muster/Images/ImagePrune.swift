import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Terminal

/// `muster image prune`.
struct ImagePrune: StackCommand {
  static let configuration = CommandConfiguration(commandName: "prune", abstract: "Remove images without a name.")
  @Flag(name: .shortAndLong, help: "Every image that no container stands on.") var all = false
  @Option(
    parsing: .singleValue, help: ArgumentHelp("until=24h, label=KEY[=VALUE], label!=KEY[=VALUE].", valueName: "filter")) var filter:
    [String] = []
  @Flag(name: .shortAndLong, help: "Do not ask.") var force = false

  func perform(_ context: Context) async throws -> Int32 {
    let request = try pruneRequest(filter, all: all)
    let what = all ? "all images without at least one container associated to them" : "all dangling images"
    guard force || agrees("WARNING! This will remove \(what).", context) else {
      context.output.error("image prune has been cancelled")
      return 1
    }
    let report = try await context.engine().pruneImages(request)
    if !report.images.isEmpty { context.output.write("Deleted Images:\n") }
    for line in report.images { context.output.write(visible(line) + "\n") }
    context.output.write((report.images.isEmpty ? "" : "\n") + "Total reclaimed space: \(humanSize(report.reclaimed))\n")
    return 0
  }
}
