import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI

/// `muster image push`.
struct ImagePush: StackCommand {
  static let configuration = CommandConfiguration(commandName: "push", abstract: "Put an image into its registry.")
  @Flag(name: .shortAndLong, help: "All tags of the repository that are here.") var allTags = false
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false
  @Argument(help: "[REGISTRY/]NAME[:TAG], one of the image's names.") var name: String

  func perform(_ context: Context) async throws -> Int32 {
    let reference: ImageReference
    do { reference = try ImageReference(name) } catch { throw Exit(1, visible(error.description)) }
    guard allTags else { return try await push(name, reference.orLatest, context) }
    guard reference.tag == nil, reference.digest == nil else { throw Exit(1, "tag can't be used with --all-tags/-a") }
    let known = try await context.engine().images().flatMap(\.references).compactMap { try? ImageReference($0) }
    let tags = known.filter { $0.familiarName == reference.familiarName && $0.tag != nil }.sorted()
    guard !tags.isEmpty else { throw Exit(1, "An image does not exist locally with the tag: \(visible(reference.familiarName))") }
    for tag in tags { _ = try await push(tag.familiar, tag, context) }
    return 0
  }

  private func push(_ name: String, _ reference: ImageReference, _ context: Context) async throws -> Int32 {
    let pushed = try await context.push(name, quiet: quiet)
    if quiet {
      context.output.write(visible(reference.canonical) + "\n")
    } else {
      context.output.write("\(visible(reference.tag ?? "latest")): digest: \(pushed.digest) size: \(pushed.size)\n")
    }
    return 0
  }
}

extension Context {
  /// Puts an image into its registry, and shows how that goes.
  func push(_ name: String, quiet: Bool) async throws -> PushedSummary {
    let request = PushRequest(reference: name, credentials: try credentials(for: [name]))
    let engine = try await engine()
    return try await watching("push", quiet: quiet) { onEvent in try await engine.pushImage(request, onEvent: onEvent) }
  }
}
