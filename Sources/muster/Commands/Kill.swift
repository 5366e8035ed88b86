import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster kill`.
struct Kill: StackCommand {
  static let configuration = CommandConfiguration(commandName: "kill", abstract: "Send containers a signal.")
  @Option(name: .shortAndLong, help: "The signal.") var signal = "SIGKILL"
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(.kill(services: services.map { ServiceName($0) }, signal: signal), "kill")
  }
}

extension Context {
  /// An operation that needs no stack file: the engine knows the project.
  func simple(_ operation: Operation, _ title: String) async throws -> Int32 {
    let project = try project()
    return try await carryOut(operation, project, title: title, on: try await engine()).succeeded ? 0 : 1
  }
}
