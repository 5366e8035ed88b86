import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import StackModel
import Terminal

/// `muster events`.
struct EventsCommand: StackCommand {
  static let configuration = CommandConfiguration(commandName: "events", abstract: "Show what happens to containers, as it happens.")
  @Flag(help: "One JSON object a line.") var json = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  private struct Line: Encodable {
    var time: String
    var type = "container"
    var action: String
    var id: String
    var service: String
    var attributes: [String: String]
  }

  func perform(_ context: Context) async throws -> Int32 {
    for try await event in try await context.engine().events(try context.project()) {
      guard case .container(let change) = event.kind, services.isEmpty || services.contains(change.service.rawValue) else { continue }
      let (action, attributes) = words(change.what)
      let all = attributes.merging(["name": change.name]) { $1 }
      if json {
        let line = Line(
          time: Timestamp.text(event.at), action: action, id: change.id.rawValue, service: change.service.rawValue, attributes: all)
        context.output.write(try jsonText(line) + "\n")
      } else {
        let list = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        context.output.write("\(Timestamp.text(event.at)) container \(action) \(change.id) (\(visible(list)))\n")
      }
    }
    return 0
  }

  /// Docker's word, and what it says more.
  private func words(_ what: Event.ContainerChange.What) -> (String, [String: String]) {
    switch what {
    case .created: ("create", [:])
    case .started: ("start", [:])
    case .paused: ("pause", [:])
    case .unpaused: ("unpause", [:])
    case .updated: ("update", [:])
    case .repaired(let what): ("repair", ["reason": what])
    case .renamed(let old): ("rename", ["oldName": old])
    case .removed: ("destroy", [:])
    case .restarting: ("restart", [:])
    case .exited(let code, let outOfMemory): ("die", outOfMemory ? ["exitCode": "\(code)", "oomKilled": "true"] : ["exitCode": "\(code)"])
    case .health(let state): ("health_status: \(state)", [:])
    case .hook(let name, let code): ("hook: \(name)", ["exitCode": "\(code)"])
    }
  }
}
