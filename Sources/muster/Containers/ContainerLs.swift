import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel
import Terminal

/// `muster container ls`.
struct ContainerLs: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List containers, of all stacks and of none.",
    discussion: "Example: muster container ls -a --filter status=exited --format 'table {{.Names}}\\t{{.Status}}'",
    aliases: ["list", "ps"])
  @Flag(name: .shortAndLong, help: "Those that do not run too.") var all = false
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("\(ContainerFilter.keys.joined(separator: "=, "))=.", valueName: "filter")) var filter: [String] = []
  @Option(help: "table, json, or a template: {{.Names}}") var format = "table"
  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: ArgumentHelp("The last so many, whatever they do.", valueName: "number"))
  var last = -1
  @Flag(name: .shortAndLong, help: "The one made last, whatever it does.") var latest = false
  @Flag(help: "Nothing is cut short.") var noTrunc = false
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Flag(name: .shortAndLong, help: "What they have written.") var size = false

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let filter = try ContainerFilter(filter)
    let engine = try await context.engine()
    let count = latest ? 1 : last
    var found = try filter.apply(
      to: try await engine.observe(nil).containers.sorted { ($1.createdAt, $0.spec.name) < ($0.createdAt, $1.spec.name) })
    if count > 0 {
      found = Array(found.prefix(count))
    } else if !all, !filter.meansStopped {
      found = found.filter { [.running, .paused, .restarting].contains($0.state) }
    }
    if quiet {
      for container in found { context.output.write((noTrunc ? container.id.rawValue : container.id.short) + "\n") }
      return 0
    }
    var sizes: [ContainerID: Int64] = [:]
    let showsSize = size || self.format.contains(".Size")
    if showsSize { for usage in try await engine.diskUsage().containers { sizes[usage.observed.id] = usage.size } }
    let rows = found.map { container in
      ContainerRow(
        container, now: now(), isTruncated: !noTrunc, size: showsSize ? sizes[container.id] ?? 0 : nil,
        showsLabel: self.format.contains(".Label "))
    }
    try context.write(rows, as: format, headings: ContainerRow.headings) { ContainerRow.table(rows, showsSize: size) }
    return 0
  }
}
