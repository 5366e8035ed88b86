import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import StackModel
import Terminal

/// `muster events`.
struct EventsCommand: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show what happens to containers and jobs, as it happens.")
  @Flag(help: "One JSON object a line.") var json = false
  @Argument(help: "Services and jobs; none: all.") var services: [String] = []

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
      guard let line = line(event), services.isEmpty || services.contains(line.service) else { continue }
      if json {
        context.output.write(try jsonText(line) + "\n")
      } else {
        let list = line.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        context.output.write("\(line.time) \(line.type) \(line.action) \(line.id) (\(visible(list)))\n")
      }
    }
    return 0
  }

  /// nil: of nothing that is shown.
  private func line(_ event: Event) -> Line? {
    let time = Timestamp.text(event.at)
    switch event.kind {
    case .container(let change):
      let (action, attributes) = words(change.what)
      return Line(
        time: time, action: action, id: change.id.rawValue, service: change.service.rawValue,
        attributes: attributes.merging(["name": change.name]) { $1 })
    case .job(let change):
      let (action, attributes) = words(change.what)
      let name = change.job.rawValue
      return Line(
        time: time, type: "job", action: action, id: name, service: name,
        attributes: attributes.merging(["run": String(change.number)]) { $1 })
    case .progress, .output, .warning: return nil
    }
  }

  private func words(_ what: Event.JobChange.What) -> (String, [String: String]) {
    switch what {
    case .started(let trigger): return ("start", ["trigger": trigger.rawValue])
    case .ended(let code, let outOfMemory, let reason):
      var attributes: [String: String] = [:]
      attributes["exitCode"] = code.map(String.init)
      if outOfMemory { attributes["oomKilled"] = "true" }
      attributes["reason"] = reason
      return ("die", attributes)
    case .skipped(let reason): return ("skip", ["reason": reason])
    case .missed(let reason): return ("miss", ["reason": reason])
    }
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
