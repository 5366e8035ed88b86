import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster rollback`.
struct Rollback: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Make services again what they were before.",
    discussion:
      "Without --to it goes to the newest version that was up and is another than the present one. Services run the very images that they ran then; volumes stay as they are. What the stack file says is not changed by it: the next 'up' goes by that."
  )
  @Option(help: ArgumentHelp("The version, as 'history' shows it.", valueName: "revision")) var to: Int?
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(.rollback(services: services.map { ServiceName($0) }, to: to), "rollback")
  }
}
