import ArgumentParser
import Backend
import EngineClient

/// `muster volume export`.
struct VolumeExport: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write what is in a volume as a tar archive (to standard output).",
    discussion: """
      What containers write meanwhile is in it or not. A snapshot is of one moment, and can be exported.
      Example: muster volume export -o data.tar shop_data
      """)
  @Option(name: .shortAndLong, help: ArgumentHelp("A file instead, which appears when it is whole.", valueName: "file")) var output: String?
  @Argument(help: "The volume.") var volume: String

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    let name = volume
    try await ArchiveOutput.filled(output, doing: "save") { write in try await engine.exportVolume(named: name, output: write) }
    return 0
  }
}
