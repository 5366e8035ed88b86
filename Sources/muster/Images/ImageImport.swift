import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import Reconciler
import StackModel
import Terminal

/// `muster image import`.
struct ImageImport: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import a saved image (docker save, OCI layout) or a root file system from a tar file.")
  @Argument(help: "The tar file.") var file: String
  @Argument(help: "Its name; none: the names in the archive.") var name: String?

  func perform(_ context: Context) async throws -> Int32 {
    let image = try await context.engine().importImage(path: absolutePath(file), reference: name)
    context.output.write("\(image.id)\n")
    for reference in image.references { context.output.error("imported \(visible(reference))") }
    return 0
  }
}
