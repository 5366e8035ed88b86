import ArgumentParser
import Backend
import Reconciler
import StackModel

/// `muster start`.
struct Start: StackCommand {
  static let configuration = CommandConfiguration(abstract: "Start containers that exist.")
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(.start(services: services.map { ServiceName($0) }), "start")
  }
}

/// `muster stop`.
struct Stop: StackCommand {
  static let configuration = CommandConfiguration(abstract: "Stop containers.")
  @Option(name: .shortAndLong, help: ArgumentHelp("How long a container may take to stop.", valueName: "seconds")) var timeout: Int?
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(.stop(services: services.map { ServiceName($0) }, timeout: timeout), "stop")
  }
}

/// `muster restart`.
struct Restart: StackCommand {
  static let configuration = CommandConfiguration(abstract: "Restart containers.")
  @Option(name: .shortAndLong, help: ArgumentHelp("How long a container may take to stop.", valueName: "seconds")) var timeout: Int?
  @Flag(help: "Do not restart the services that others need.") var noDeps = false
  @Argument(help: "Services; none: all.") var services: [String] = []
  func perform(_ context: Context) async throws -> Int32 {
    try await context.simple(
      .restart(services: services.map { ServiceName($0) }, timeout: timeout, noDependencies: noDeps), "restart")
  }
}

/// `muster kill`.
struct Kill: StackCommand {
  static let configuration = CommandConfiguration(abstract: "Send containers a signal.")
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
