import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import FoundationEssentials
import Terminal

/// `muster manifest …`: what registries say of images.
struct ManifestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifest", abstract: "Look at what registries have.", subcommands: [ManifestInspect.self])
}

/// `muster manifest inspect`.
struct ManifestInspect: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show the manifest that a registry has of an image, or the list of its platforms.",
    discussion: "Nothing of the image is fetched.\nExample: muster manifest inspect debian:bookworm")
  @Argument(help: "[REGISTRY/]NAME[:TAG or @DIGEST]") var name: String

  func perform(_ context: Context) async throws -> Int32 {
    let request = PullRequest(reference: name, credentials: try context.credentials(for: [name]))
    let manifest = try await context.engine().remoteManifest(request)
    let value: TemplateValue
    do { value = try JSONDecoder().decode(TemplateValue.self, from: Data(manifest.bytes)) } catch {
      throw Exit(1, "the manifest of \(visible(name)) cannot be read: \(visible("\(error)"))")
    }
    context.output.write(value.indentedJSON + "\n")
    return 0
  }
}
