import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI

/// `muster image pull`.
struct ImagePull: StackCommand {
  static let configuration = CommandConfiguration(commandName: "pull", abstract: "Get an image from its registry.")
  @Flag(name: .shortAndLong, help: "All tags of the repository.") var allTags = false
  @Option(help: ArgumentHelp("The platform of the image, where there are several (default: this machine's).", valueName: "os/arch"))
  var platform: String?
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false
  @Argument(help: "[REGISTRY/]NAME[:TAG or @DIGEST]") var name: String

  func perform(_ context: Context) async throws -> Int32 {
    guard allTags else { return try await pull(name, context) }
    let reference: ImageReference
    do { reference = try ImageReference(name) } catch { throw Exit(1, visible(error.description)) }
    guard reference.tag == nil, reference.digest == nil else { throw Exit(1, "tag can't be used with --all-tags/-a") }
    let request = PullRequest(reference: name, credentials: try context.credentials(for: [name]))
    let tags = try await context.engine().remoteTags(request)
    guard !tags.isEmpty else { throw Exit(1, "the registry has no tags of \(visible(name))") }
    for tag in tags { _ = try await pull("\(name):\(tag)", context) }
    return 0
  }

  private func pull(_ name: String, _ context: Context) async throws -> Int32 {
    let platform = platform ?? context.environment["DOCKER_DEFAULT_PLATFORM"].flatMap { $0.isEmpty ? nil : $0 }
    let request = PullRequest(reference: name, platform: platform, credentials: try context.credentials(for: [name]))
    let engine = try await context.engine()
    let pulled = try await context.watching("pull", quiet: quiet) { onEvent in try await engine.pullImage(request, onEvent: onEvent) }
    if !quiet {
      context.output.write("Digest: \(pulled.digest)\n")
      context.output.write(
        pulled.isNew ? "Status: Downloaded newer image for \(visible(name))\n" : "Status: Image is up to date for \(visible(name))\n")
    }
    context.output.write(visible(pulled.canonical) + "\n")
    return 0
  }
}
