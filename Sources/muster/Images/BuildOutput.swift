import Backend
import Diagnostics
import EngineClient
import Glibc
import OCI
import Reconciler
import StackModel

/// One of `--output`: what becomes of an image besides its being here (BuildKit's exporters).
enum BuildOutput: Equatable {
  /// Its files, in a directory.
  case local(String)
  /// Its files, in an archive; nil: standard output.
  case tar(String?)
  /// The image itself, in an archive; nil: standard output.
  case archive(SaveRequest.Format, String?)
  /// Nothing more.
  case image
  /// Its names' registries.
  case registry

  /// `DIRECTORY`, `-`, or `type=TYPE,dest=PATH`.
  init(_ text: String) throws {
    guard text.contains("=") else {
      guard !text.isEmpty else { throw Exit(1, "--output: write DIRECTORY, or type=TYPE,dest=PATH") }
      self = text == "-" ? .tar(nil) : .local(absolutePath(text))
      return
    }
    var fields: [String: String] = [:]
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, ["type", "dest", "push"].contains(sides[0]) else {
        throw Exit(1, "--output \(visible(text)): there is no \(visible(sides[0])); there are type, dest and push")
      }
      fields[sides[0]] = sides[1]
    }
    let place = fields["dest"].flatMap { $0.isEmpty || $0 == "-" ? nil : absolutePath($0) }
    let pushes = fields["push"] == "true"
    switch fields["type"] {
    case "local":
      guard let place else { throw Exit(1, "--output \(visible(text)): a directory is missing\n  hint: dest=DIRECTORY") }
      self = .local(place)
    case "tar": self = .tar(place)
    case "oci": self = .archive(.ociArchive, place)
    case "docker": self = fields["dest"] == nil ? .image : .archive(.dockerArchive, place)
    case "image": self = pushes ? .registry : .image
    case "registry": self = .registry
    default:
      throw Exit(1, "--output \(visible(text)): type is local, tar, oci, docker, image or registry")
    }
  }

  /// Does it with an image that was built.
  func write(_ built: ImageSummary, names: [String], quiet: Bool, _ context: Context, on engine: EngineClient) async throws {
    switch self {
    case .image: return
    case .registry:
      for name in names { _ = try await context.push(name, quiet: quiet) }
    case .archive(let format, let file):
      let request = SaveRequest(names: names.isEmpty ? [built.id.description] : names, format: format)
      try await ArchiveOutput.filled(file, doing: "write an archive") { write in try await engine.saveImages(request, output: write) }
    case .tar(let file):
      try await withFiles(of: built, on: engine) { container in
        try await ArchiveOutput.filled(file, doing: "write an archive") { write in
          try await engine.exportContainer(container, output: write)
        }
      }
    case .local(let directory):
      guard mkdir(directory, 0o777) == 0 || errno == EEXIST else {
        throw Exit(1, "\(visible(directory)): \(String(cString: strerror(errno)))")
      }
      let copy = OutgoingCopy(target: try CopyTarget(directory, takesDirectory: true), name: ".", keepsAll: geteuid() == 0)
      let notes = try await withFiles(of: built, on: engine) { container in
        try await copy.run { write in try await engine.exportContainer(container, output: write) }.notes
      }
      for note in notes { context.output.error("warning: " + visible(note)) }
    }
  }

  /// The image's files can be had of a container of it, which never runs.
  private func withFiles<Value>(of built: ImageSummary, on engine: EngineClient, _ body: (String) async throws -> Value) async throws
    -> Value
  {
    var options = ContainerOptions()
    options.entrypoint = ["/"]
    options.network = .none
    let made = try await engine.createContainer(ContainerCreation(name: nil, image: built.id.description, options: options, caller: .own))
    let result: Result<Value, any Error>
    do { result = .success(try await body(made.id.rawValue)) } catch { result = .failure(error) }
    _ = try await engine.act(on: made.id.rawValue, .remove(force: true, volumes: true))
    return try result.get()
  }
}
