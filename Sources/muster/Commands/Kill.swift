import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackLoader
import StackModel

/// `muster kill`.
struct Kill: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "kill", abstract: "Send containers a signal.").ofSubcommand
  @Option(name: .shortAndLong, help: "The signal.") var signal = "SIGKILL"
  @Flag(help: "Remove containers of services that are not in the stack file.") var removeOrphans = false
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    let status = try await context.simple(.kill(services: services.map { ServiceName($0) }, signal: signal), "kill")
    guard try context.orphans(removeOrphans).removes else { return status }
    let stack = try context.load(runs: false).stack
    return max(status, try await context.removeOrphans(of: stack, on: try await context.engine()))
  }
}

extension Context {
  /// An operation that needs no stack file: the engine knows the project.
  func simple(_ operation: Operation, _ title: String) async throws -> Int32 {
    let project = try project()
    return try await carryOut(operation, project, title: title, on: try await engine()).succeeded ? 0 : 1
  }

  /// Removes containers of services that are not in the stack file.
  func removeOrphans(of stack: Stack, on engine: EngineClient) async throws -> Int32 {
    let orphans = Set(try await engine.observe(stack.name).containers.map(\.spec.service)).filter { stack.services[$0] == nil }
    guard !orphans.isEmpty else { return 0 }
    return try await simple(.remove(services: orphans.sorted(), stop: true, volumes: false), "rm")
  }
}
