import ArgumentParser
import Backend
import Reconciler
import StackLoader
import StackModel

/// `muster build`.
struct Build: StackCommand {
  static let configuration = CommandConfiguration(commandName: "build", abstract: "Build services' images.")
  @Flag(help: "Do every step anew.") var noCache = false
  @Option(help: ArgumentHelp("An argument of the Dockerfile.", valueName: "name=value")) var buildArg: [String] = []
  @Flag(name: .shortAndLong, help: "Show nothing.") var quiet = false
  @Argument(help: "Services; none: all that have a build section.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load(services)
    var stack = loaded.stack
    for entry in buildArg {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      // Without a value: the environment's.
      guard let value = parts.count == 2 ? parts[1] : context.environment[parts[0]], !parts[0].isEmpty else { continue }
      for name in stack.services.keys { stack.services[name]?.build?.arguments[parts[0]] = value }
    }
    let operation = Operation.build(services: services.map { ServiceName($0) }, noCache: noCache)
    let report = try await context.carryOut(
      operation, stack.name, loaded: loaded, stack: stack, title: "build", on: try await context.engine(), quiet: quiet)
    return report.succeeded ? 0 : 1
  }
}
