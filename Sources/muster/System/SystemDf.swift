import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Terminal

/// `muster system df`.
struct SystemDf: StackCommand {
  static let configuration = CommandConfiguration(commandName: "df", abstract: "Show what the engine takes on the disk.")
  @Flag(name: .shortAndLong, help: "Every image, container, volume and build's remains.") var verbose = false
  @Option(help: "table, json, or a template: {{.Type}}") var format = "table"

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let usage = try await context.engine().diskUsage()
    let tables = UsageTables(usage, now: now())
    if verbose {
      switch format {
      case .table: context.output.write(tables.details)
      case .json: context.output.write(try jsonText(usage) + "\n")
      default: throw Exit(1, "--format takes table or json with --verbose")
      }
    } else {
      try context.write(tables.rows, as: format, headings: UsageTables.headings) { tables.summary }
    }
    return 0
  }
}
