import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel

/// `muster wait`.
struct Wait: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until the containers of the services have ended, and return the last one's exit code.")
  @Flag(help: "Take the project down when the first container ends.") var downProject = false
  @Argument(help: "Services.") var services: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let project = try context.project()
    let engine = try await context.engine()
    // Listened to before looking: nothing is missed in between.
    let events = try await engine.events(EventRequest(project: project))
    let containers = try await engine.observe(project).containers.filter { !$0.spec.isOneOff }
    for name in services where !containers.contains(where: { $0.spec.service.rawValue == name }) {
      throw Exit(1, "no such service: \(name)")
    }
    var code: Int32 = 0
    func tell(_ name: String, _ status: Int32) {
      code = status
      context.output.write("container \"\(name)\" exited with status code \(status)\n")
    }
    var waiting: Set<String> = []
    var hasEnded = false
    for container in containers where services.contains(container.spec.service.rawValue) {
      if [.running, .paused, .restarting].contains(container.state) {
        waiting.insert(container.spec.name)
      } else if !(downProject && hasEnded) {
        tell(container.spec.name, container.exitCode ?? 0)
        hasEnded = true
      }
    }
    var next = events.makeAsyncIterator()
    while !waiting.isEmpty, !(downProject && hasEnded), let event = try await next.next() {
      guard case .container(let change) = event.kind, case .exited(let status, _) = change.what, waiting.remove(change.name) != nil else {
        continue
      }
      tell(change.name, status)
      hasEnded = true
    }
    if downProject { _ = try await context.carryOut(.down(DownOptions()), project, title: "down", on: engine) }
    return code
  }
}
