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
    let request = PushRequest(reference: name, credentials: try context.credentials(for: [name]))
    let engine = try await context.engine()
    let pushed = try await context.watching("push", quiet: quiet) { onEvent in try await engine.pushImage(request, onEvent: onEvent) }
    if quiet {
      context.output.write(visible(reference.canonical) + "\n")
    } else {
      context.output.write("\(visible(reference.tag ?? "latest")): digest: \(pushed.digest) size: \(pushed.size)\n")
    }
    return 0
  }
}
