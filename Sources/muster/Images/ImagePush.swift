import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI

/// `muster image push`.
struct ImagePush: StackCommand {
  static let configuration = CommandConfiguration(commandName: "push", abstract: "Put an image into its registry.")
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false
  @Argument(help: "[REGISTRY/]NAME[:TAG], one of the image's names.") var name: String

  func perform(_ context: Context) async throws -> Int32 {
    let reference: ImageReference
    do { reference = try ImageReference(name).orLatest } catch { throw Exit(1, visible(error.description)) }
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
