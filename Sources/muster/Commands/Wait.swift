import ArgumentParser
import Backend
import EngineClient
import Reconciler
import StackModel

/// `muster wait`.
struct Wait: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until the first container of the services ends, and return its exit code.")
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
    var ended: (name: String, code: Int32)?
    if let stopped = containers.first(where: { services.contains($0.spec.service.rawValue) && $0.state == .exited }) {
      ended = (stopped.spec.name, stopped.exitCode ?? 0)
    }
    var next = events.makeAsyncIterator()
    while ended == nil, let event = try await next.next() {
      guard case .container(let change) = event.kind, services.contains(change.service.rawValue) else { continue }
      if case .exited(let code, _) = change.what { ended = (change.name, code) }
    }
    guard let ended else { return 1 }
    context.output.write("container \"\(ended.name)\" exited with status code \(ended.code)\n")
    if downProject { _ = try await context.carryOut(.down(DownOptions()), project, title: "down", on: engine) }
    return ended.code
  }
}
