import ArgumentParser
import Backend
import EngineClient

/// `muster secret generate`: nobody but the engine and the containers ever sees the value.
struct SecretGenerate: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Store a secret of random characters, which is shown to nobody.")
  @Option(help: "How many characters.") var length = 32
  @Option(help: ArgumentHelp("alphanumeric, ascii, digits, hex or urlsafe.", valueName: "set")) var charset = "alphanumeric"
  @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("A label.", valueName: "key=value")) var label: [String] = []
  @Flag(help: "If there is one already, give it a new value.") var rotate = false
  @Argument(help: "Its name.") var name: String

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    let value = SecretValue.generated(length: length, charset: charset)
    if rotate {
      do {
        return context.output.tell(try await engine.rotateSecret(name, value))
      } catch let error as EngineError where error.code == .notFound {}
    }
    context.output.write(try await engine.createSecret(name, value, labels: try labels(label)).id + "\n")
    return 0
  }
}
