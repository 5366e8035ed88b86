import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel
import Terminal

/// `muster container logs`.
struct ContainerLogs: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show what a container wrote.", discussion: "Example: muster container logs -f --tail 20 shop-web-1")
  @Flag(help: "Show the labels, variables and tag that the log was told to keep.") var details = false
  @Flag(name: .shortAndLong, help: "Go on as it writes.") var follow = false
  @Option(name: [.customShort("n"), .long], help: ArgumentHelp("The last lines: a number or all.", valueName: "lines")) var tail = "all"
  @Option(help: "Since a time (2026-01-02T13:23:37Z) or an age (42m).") var since: String?
  @Option(help: "Until a time or an age.") var until: String?
  @Flag(name: .shortAndLong, help: "Show the time of each line.") var timestamps = false
  @Argument(help: "A name or an id.") var container: String

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    let found = try await engine.container(container)
    var request = LogRequest(project: found.spec.project, follows: follow)
    request.container = found.spec.name
    try request.limit(tail: tail, since: since, until: until)
    if details { request.hasDetails = true }
    let output = context.output
    var options = LogPrinter.Options()
    options.hasPrefix = false
    options.hasTimestamps = timestamps
    options.hasDetails = details
    let printer = LogPrinter(
      project: found.spec.project, containers: [found.spec.name], style: context.style(noColour: true), options: options,
      isTerminal: output.isTerminal, output: { output.relay($0, isError: false) }, errors: { output.relay($0, isError: true) })
    for try await block in try await engine.logs(request) { printer.show(block) }
    printer.finish()
    return 0
  }
}
