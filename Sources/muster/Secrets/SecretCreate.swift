import ArgumentParser
import Backend
import EngineClient

/// `muster secret create`.
struct SecretCreate: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Store a secret from a file, or from standard input ('-').")
  @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("A label.", valueName: "key=value")) var label: [String] = []
  @Argument(help: "Its name.") var name: String
  @Argument(help: "The file with the value; '-': standard input.") var file: String

  func perform(_ context: Context) async throws -> Int32 {
    let value = try secretValue(file, hidingIn: context.output)
    let made = try await context.engine().createSecret(name, value, labels: try labels(label))
    context.output.write(made.id + "\n")
    context.output.tellShortness(of: value, name)
    return 0
  }
}
