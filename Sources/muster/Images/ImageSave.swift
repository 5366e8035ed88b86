import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc

/// `muster image save`.
struct ImageSave: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "save", abstract: "Write images as an archive (to standard output) or a directory.",
    discussion: "A name without a tag is all of the repository's tags. 'image load', 'docker load', skopeo, umoci and podman read it.")
  @Option(name: .shortAndLong, help: ArgumentHelp("A file; DIR/, or a directory that is there: a directory.", valueName: "file"))
  var output: String?
  @Option(help: "docker-archive, which is an OCI layout too, or oci-archive, oci-dir: that alone.") var format: Format = .dockerArchive
  @Argument(help: "Names or ids.") var names: [String]

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case dockerArchive = "docker-archive"
    case ociArchive = "oci-archive"
    case ociDirectory = "oci-dir"
  }

  func perform(_ context: Context) async throws -> Int32 {
    var request = SaveRequest(names: names, format: format == .dockerArchive ? .dockerArchive : .ociArchive)
    var status = stat()
    let isDirectory = output.map { $0.hasSuffix("/") || (stat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) } ?? false
    if isDirectory || format == .ociDirectory {
      guard let output else { throw Exit(1, "--format oci-dir needs a directory\n  hint: -o DIR") }
      request.directory = absolutePath(output)
      try await context.engine().saveImages(request) { _ in }
      return 0
    }
    let engine = try await context.engine()
    try await ArchiveOutput.filled(output, doing: "save") { [request] write in try await engine.saveImages(request, output: write) }
    return 0
  }
}
