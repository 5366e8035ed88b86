import ArgumentParser
import Backend
import EngineClient
import EngineWire
import Terminal

/// `muster image history`.
struct ImageHistory: StackCommand {
  static let configuration = CommandConfiguration(commandName: "history", abstract: "Show how an image was made.")
  @Option(help: "table, json, or a template: {{.CreatedBy}}") var format = "table"
  @Option(name: [.customShort("H"), .long], help: "Sizes and times for people: true or false.") var human = true
  @Flag(help: "Nothing is cut short.") var noTrunc = false
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Argument(help: "A name or an id.") var name: String

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let items = HistoryItem.all(of: try await context.engine().image(name))
    let rows = items.map { item in
      HistoryRow(
        id: item.Id, created: item.Created * 1_000_000_000, createdBy: item.CreatedBy, size: item.Size, comment: item.Comment, now: now(),
        isHuman: human, isTruncated: !noTrunc)
    }
    if quiet {
      for row in rows { context.output.write(row.ID + "\n") }
    } else {
      try context.write(rows, as: format, headings: HistoryRow.headings) { HistoryRow.table(rows) }
    }
    return 0
  }
}
