import ArgumentParser
import Backend
import EngineClient
import Terminal

/// `muster volume ls`.
struct VolumeLs: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List volumes.", discussion: "Example: muster volume ls --filter dangling=true", aliases: ["list"])
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("dangling=true, driver=, label=KEY[=VALUE] or name=.", valueName: "filter")) var filter: [String] = []
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"
  @Flag(name: .shortAndLong, help: "Only names.") var quiet = false

  func perform(_ context: Context) async throws -> Int32 {
    let isMeant = try volumeFilter(filter)
    return try context.list(try await context.engine().volumes().filter(isMeant), format: format, quiet: quiet)
  }
}

extension Context {
  /// Writes volumes as `volume ls` and `volumes` do.
  func list(_ volumes: [VolumeDetail], format: String, quiet: Bool) throws -> Int32 {
    let format = try rowFormat(format)
    let rows = volumes.map { VolumeRow($0) }
    if quiet {
      for row in rows { output.write(row.Name + "\n") }
    } else {
      try write(rows, as: format, headings: VolumeRow.headings) {
        Table(["DRIVER", "VOLUME NAME"], rows: rows.map { [$0.Driver, $0.Name] })
      }
    }
    return 0
  }
}
