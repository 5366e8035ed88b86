import ArgumentParser
import Backend
import Reconciler
import StackLoader
import StackModel

/// `muster push`.
struct Push: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Put the images that are built here into their registries.")
  @Flag(help: "Go on when an image cannot be pushed.") var ignorePushFailures = false
  @Flag(help: "Also the images of the services that the named ones need.") var includeDeps = false
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load(services)
    let report = try await context.carryOut(
      .push(services: services.map { ServiceName($0) }, dependencies: includeDeps), loaded.stack.name, loaded: loaded, title: "push",
      on: try await context.engine(), quiet: quiet)
    return report.succeeded || ignorePushFailures ? 0 : 1
  }
}
