import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackModel

/// `muster rm`.
struct Rm: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove stopped containers.")
  @Flag(name: .shortAndLong, help: "Do not ask.") var force = false
  @Flag(name: .shortAndLong, help: "Stop the containers before.") var stop = false
  @Flag(name: .shortAndLong, help: "Remove their anonymous volumes too.") var volumes = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let project = try context.project()
    let engine = try await context.engine()
    let wanted = Set(services.map { ServiceName($0) })
    let containers = try await engine.observe(project).containers.filter { container in
      (wanted.isEmpty || wanted.contains(container.spec.service)) && !container.spec.isOneOff
        && (stop || ![.running, .paused, .restarting].contains(container.state))
    }
    guard !containers.isEmpty else {
      context.output.error("No stopped containers")
      return 0
    }
    if !force, !context.options.dryRun {
      let names = containers.map { visible($0.spec.name) }.joined(separator: ", ")
      context.output.notice("? Going to remove \(names) [yN] ")
      guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else { return 0 }
    }
    let operation = Operation.remove(services: wanted.sorted(), stop: stop, volumes: volumes)
    return try await context.carryOut(operation, project, title: "rm", on: engine).succeeded ? 0 : 1
  }
}
