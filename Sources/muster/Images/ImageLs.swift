import ArgumentParser
import Backend
import EngineClient
import EngineWire
import Terminal

/// `muster image ls`.
struct ImageLs: StackCommand {
  static let configuration = CommandConfiguration(commandName: "ls", abstract: "List images.", aliases: ["list"])
  @Flag(name: .shortAndLong, help: ArgumentHelp("Every image (there are no intermediate ones here).", visibility: .hidden)) var all = false
  @Flag(help: "With what registries call them.") var digests = false
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("dangling=true, label=KEY[=VALUE], before=IMAGE, since=IMAGE, until=TIME, reference=PATTERN.", valueName: "filter"))
  var filter: [String] = []
  @Option(help: "table, json, or a template: {{.ID}}") var format = "table"
  @Flag(help: "Nothing is cut short.") var noTrunc = false
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Argument(help: "REPOSITORY[:TAG], or a pattern for it.") var name: String?

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let filter = try ImageFilter(arguments: filter + (name.map { ["reference=" + $0] } ?? []), time: pastTime)
    let images = try filter.apply(to: try await context.engine().images())
    let showsDigests = digests || self.format.contains(".Digest")
    let rows = ImageRow.rows(of: images, now: now(), isTruncated: !noTrunc, showsDigests: showsDigests)
    if quiet {
      for row in rows { context.output.write(row.ID + "\n") }
    } else {
      try context.write(rows, as: format, headings: ImageRow.headings) { ImageRow.table(rows, showsDigests: digests) }
    }
    return 0
  }
}
