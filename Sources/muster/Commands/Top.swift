import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackModel
import Terminal

/// `muster top`.
struct Top: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "Show the processes of services.", discussion: "Example: muster top web")
  @Argument(help: "Services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    for container in try await context.containers(of: services) where container.state == .running || container.state == .paused {
      let found = try await engine.processes(of: container.id.rawValue, [])
      let rows = found.Processes.map { $0.map { visible($0) } }
      context.output.write(visible(container.spec.name) + "\n" + Table(found.Titles, rows: rows).render() + "\n")
    }
    return 0
  }
}
