import ArgumentParser
import Backend
import Reconciler
import StackLoader
import StackModel

/// `muster pull`.
struct Pull: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "pull", abstract: "Get services' images from their registries.")
  @Flag(help: "Go on when an image cannot be had.") var ignorePullFailures = false
  @Flag(help: "Leave out what can be built.") var ignoreBuildable = false
  @Flag(help: "Also the images of the services that the named ones need.") var includeDeps = false
  @Option(help: "always or missing.") var policy: Policy?
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false
  @Argument(help: "Services and jobs; none: all.") var services: [String] = []

  /// `--policy`.
  enum Policy: String, ExpressibleByArgument, CaseIterable { case always, missing }

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load(services)
    let operation = Operation.pull(
      services: services.map { ServiceName($0) }, dependencies: includeDeps, policy: policy.flatMap { PullPolicy(rawValue: $0.rawValue) },
      ignoresBuildable: ignoreBuildable)
    let report = try await context.carryOut(
      operation, loaded.stack.name, loaded: loaded, title: "pull", on: try await context.engine(), quiet: quiet)
    // What can be built may still come that way.
    let built = Set(loaded.stack.servicesAndJobs.values.filter { $0.build != nil }.map(\.name.rawValue))
    let missing = report.failures.filter { !built.contains($0.error.subject ?? "") }
    return missing.isEmpty || ignorePullFailures ? 0 : 1
  }
}
