import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel

/// `muster commit`: of a service's container.
struct Commit: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit", abstract: "Make an image of what a service's container has become.")
  @OptionGroup var options: CommitOptions
  @Option(help: "Which replica, where there are several.") var index: Int?
  @Argument(help: "The service.") var service: String
  @Argument(help: "REPOSITORY[:TAG]") var reference: String?

  func perform(_ context: Context) async throws -> Int32 {
    try await options.commit(try await container(of: service, index: index, context), as: reference, context)
  }
}

/// The name of a service's container, running or not: the one of an index, or the first.
func container(of service: String, index: Int?, _ context: Context) async throws -> String {
  let project = try context.project()
  let found = try await context.engine().observe(project).containers.filter { $0.spec.service.rawValue == service && !$0.spec.isOneOff }
  let chosen = found.sorted { $0.spec.number < $1.spec.number }.first { index == nil || $0.spec.number == index }
  guard let chosen else {
    throw Exit(1, index.map { "service \"\(service)\" has no container \($0)" } ?? "service \"\(service)\" has no container")
  }
  return chosen.spec.name
}
