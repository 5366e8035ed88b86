public import StackModel

/// An event in Docker's words: what kind of thing it is about, and what has happened to it.
public struct EventMessage: Sendable, Equatable {
  /// `container`, `job`, `network`, `volume`, `image`.
  public var type: String
  /// `start`, `die`, `health_status: healthy`.
  public var action: String
  /// A container's, image's or network's id; of others, the name.
  public var id: String
  public var name: String
  /// Of a container.
  public var service: ServiceName?
  public var project: ProjectName?
  public var image: String?
  public var labels: [String: String]
  /// What the action says more: `exitCode`.
  public var details: [String: String]
  /// Nanoseconds since 1970.
  public var at: Int64

  /// Everything that Docker tells of who it has happened to.
  public var attributes: [String: String] {
    var all = labels.merging(details) { $1 }
    all["name"] = name
    if let image { all["image"] = image }
    return all
  }
}

extension Event {
  /// What Docker tells of it; nil when it is about no thing that begins or ends: how far a pull is, a warning.
  public var message: EventMessage? {
    switch kind {
    case .container(let change):
      let (action, details) = change.what.words
      return EventMessage(
        type: "container", action: action, id: change.id.rawValue, name: change.name, service: change.service, project: project,
        image: change.image, labels: change.labels ?? [:], details: details, at: at)
    case .job(let change):
      let (action, details) = change.what.words
      let name = change.job.rawValue
      return EventMessage(
        type: "job", action: action, id: name, name: name, service: ServiceName(name), project: project, labels: [:],
        details: details.merging(["run": String(change.number)]) { $1 }, at: at)
    case .thing(let change):
      return EventMessage(
        type: change.thing.rawValue, action: change.action, id: change.id, name: change.name, project: project,
        labels: change.labels ?? [:],
        details: change.details, at: at)
    case .progress, .output, .warning, .unchanged: return nil
    }
  }
}

extension Event.ContainerChange.What {
  /// Docker's word, and what it says more.
  fileprivate var words: (String, [String: String]) {
    switch self {
    case .created: ("create", [:])
    case .started: ("start", [:])
    case .paused: ("pause", [:])
    case .unpaused: ("unpause", [:])
    case .stopped: ("stop", [:])
    case .signalled(let number): ("kill", ["signal": String(number)])
    case .ranOutOfMemory: ("oom", [:])
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

extension Event.JobChange.What {
  /// A word as for containers, and what it says more.
  fileprivate var words: (String, [String: String]) {
    switch self {
    case .started(let trigger): return ("start", ["trigger": trigger.rawValue])
    case .ended(let code, let outOfMemory, let reason):
      var details: [String: String] = [:]
      details["exitCode"] = code.map(String.init)
      if outOfMemory { details["oomKilled"] = "true" }
      details["reason"] = reason
      return ("die", details)
    case .skipped(let reason): return ("skip", ["reason": reason])
    case .missed(let reason): return ("miss", ["reason": reason])
    }
  }
}
