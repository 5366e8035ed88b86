import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel

/// `muster volumes`.
struct VolumesCommand: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "volumes", abstract: "List the project's volumes.", discussion: "Example: muster volumes --format '{{.Name}}' db")
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"
  @Flag(name: .shortAndLong, help: "Only names.") var quiet = false
  @Argument(help: "Only those of these services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let project = try context.project()
    let engine = try await context.engine()
    let observed = try await engine.observe(project)
    let known = Set(observed.containers.map(\.spec.service.rawValue))
    for name in services where !known.contains(name) { throw Exit(1, unknownName("service", name, among: known)) }
    let used = observed.containers.filter { services.contains($0.spec.service.rawValue) }.map(\.spec.name)
    let own = Set(observed.volumes.filter { $0.project == project }.map(\.definition.name.rawValue))
    let chosen = try await engine.volumes().filter { volume in
      own.contains(volume.Name) && (services.isEmpty || volume.Containers.contains { used.contains($0) })
    }
    return try context.list(chosen, format: format, quiet: quiet)
  }
}
