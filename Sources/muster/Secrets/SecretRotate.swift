import ArgumentParser
import Backend
import EngineClient

/// `muster secret rotate`.
struct SecretRotate: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Give a secret another value, also in the containers that run with it.",
    discussion:
      "The file in a running container is replaced as a whole. What its service does then is for its stack file to say: x-muster: {on_secret_change: signal SIGHUP | restart | none}."
  )
  @Option(help: ArgumentHelp("The value of an older version again.", valueName: "version")) var toVersion: Int?
  @Argument(help: "Its name or id.") var name: String
  @Argument(help: "The file with the value; '-': standard input.") var file: String?

  func validate() throws {
    guard (file == nil) != (toVersion == nil) else { throw ValidationError("Give a file with the value, '-', or --to-version.") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let value: SecretValue =
      if let toVersion { .version(toVersion) } else { try secretValue(file ?? "-", hidingIn: context.output) }
    let rotation = try await context.engine().rotateSecret(name, value)
    context.output.tellShortness(of: value, name)
    return context.output.tell(rotation)
  }
}
