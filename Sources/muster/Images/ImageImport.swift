import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc
import LinuxKit
import OCI
import Reconciler
import StackModel
import Terminal

/// `muster image import`.
struct ImageImport: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import a saved image (docker save, OCI layout) or a root file system from a tar file.",
    discussion: "Example: muster container export web | muster image import -c 'CMD [\"nginx\"]' - web:flat")
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("An instruction of a Dockerfile, for a root file system: 'CMD [\"nginx\"]'.", valueName: "instruction"))
  var change: [String] = []
  @Option(name: .shortAndLong, help: "What was done (default: where it is from).") var message: String?
  @Option(help: ArgumentHelp("What a root file system runs on (default: this machine's).", valueName: "os/architecture")) var platform:
    String?
  @Argument(help: "The tar file; -: standard input.") var file: String
  @Argument(help: "Its name; none: the names in the archive.") var name: String?

  func perform(_ context: Context) async throws -> Int32 {
    var request = ImportRequest(
      path: file, reference: name, changes: change.isEmpty ? nil : change, message: message, platform: platform)
    let image: ImageSummary
    if file == "-" {
      guard isatty(0) == 0 else { throw Exit(1, "requested import from stdin, but stdin is a terminal\n  hint: a pipe, or a file's name") }
      let input: SharedDescriptor
      do { input = try seekableInput() } catch let error as KernelError { throw Exit(1, "standard input: \(error.reason)") }
      request.path = input.pathForEngine
      request.source = "-"
      // It stays open until the engine has read it.
      defer { withExtendedLifetime(input) {} }
      image = try await context.engine().importImage(request)
    } else {
      request.path = absolutePath(file)
      image = try await context.engine().importImage(request)
    }
    context.output.write("\(image.id)\n")
    for reference in image.references { context.output.error("imported \(visible(reference))") }
    return 0
  }
}
