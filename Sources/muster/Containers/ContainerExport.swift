import ArgumentParser
import Backend
import EngineClient

/// `muster container export`.
struct ContainerExport: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a container's root file system as a tar archive (to standard output).")
  @Option(name: .shortAndLong, help: ArgumentHelp("A file instead.", valueName: "file")) var output: String?
  @Argument(help: "A name or an id.") var container: String

  func perform(_ context: Context) async throws -> Int32 { try await export(container, to: output, context) }
}

/// Writes a container's files to a file, or standard output.
func export(_ container: String, to file: String?, _ context: Context) async throws -> Int32 {
  let engine = try await context.engine()
  try await ArchiveOutput.filled(file, doing: "save") { write in try await engine.exportContainer(container, output: write) }
  return 0
}
