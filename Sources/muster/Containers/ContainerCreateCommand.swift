import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc
import OCI
import Reconciler
import StackModel

/// `muster container create`.
struct ContainerCreateCommand: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a container of an image, without starting it.",
    discussion: "Example: muster container create --name shell -it debian bash", helpNames: .long)
  @OptionGroup var options: RunOptions
  @Argument(help: "[REGISTRY/]NAME[:TAG or @DIGEST]") var image: String
  @Argument(parsing: .captureForPassthrough) var command: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let made = try await options.create(image, withoutTerminator(command), attached: options.attached, context)
    context.output.write(made.id.rawValue + "\n")
    return 0
  }
}

extension RunOptions {
  /// Makes the container, whose image is got before where it is missing. What fails is exit status 125, as Docker's.
  func create(_ image: String, _ command: [String], attached: AttachedStreams, _ context: Context) async throws -> ObservedContainer {
    do {
      var options = try options(image: image, command: command, context)
      if let cidfile, access(cidfile, F_OK) == 0 {
        throw Exit(125, "container ID file found, make sure the other container isn't running or delete \(visible(cidfile))")
      }
      let engine = try await context.engine()
      try await getImage(image, engine, context)
      if network.publishAll {
        let exposed = try await engine.image(image).config.config?.exposedPorts?.keys.sorted() ?? []
        options.ports += try (exposed + options.exposedPorts).map(portMapping)
      }
      let made = try await engine.createContainer(
        ContainerCreation(name: name, image: image, options: options, removesAfter: rm, attached: attached, caller: .own))
      if let cidfile { try writeConfig(made.id.rawValue, to: cidfile) }
      return made
    } catch let error as EngineError {
      throw Exit(125, text(of: error))
    } catch let exit as Exit {
      throw Exit(125, exit.message)
    }
  }

  private func getImage(_ image: String, _ engine: EngineClient, _ context: Context) async throws {
    switch pull {
    case "never": return
    case "missing":
      do {
        _ = try await engine.image(image)
        return
      } catch let error as EngineError where error.code == .notFound {}
    case "always": break
    default: throw Exit(125, "--pull \(visible(pull)): always, missing or never")
    }
    let platform = platform ?? context.environment["DOCKER_DEFAULT_PLATFORM"].flatMap { $0.isEmpty ? nil : $0 }
    let request = PullRequest(reference: image, platform: platform, credentials: try context.credentials(for: [image]))
    _ = try await context.watching("pull", quiet: quiet) { onEvent in try await engine.pullImage(request, onEvent: onEvent) }
  }
}
