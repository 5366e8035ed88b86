import StackModel

/// What a plan does to one thing, all its steps together.
public struct PlannedChange: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case pull, push, build, create, recreate, replace, restart, update, start, stop, kill, remove, wait

    /// `update in place`.
    public var verb: String {
      switch self {
      case .update: "update in place"
      case .replace: "replace without a gap"
      default: rawValue
      }
    }

    /// `+ create`, `~ recreate`, `± update in place`, `- remove`, `·` for what leaves the thing as it is.
    public var symbol: Character {
      switch self {
      case .pull, .push, .build, .create: "+"
      case .recreate, .replace: "~"
      case .update: "±"
      case .remove: "-"
      case .restart, .start, .stop, .kill, .wait: "·"
      }
    }
  }

  /// `container shop-web-1`.
  public var subject: String
  public var kind: Kind
  public var reasons: [Reason]
  public init(subject: String, kind: Kind, reasons: [Reason]) {
    self.subject = subject
    self.kind = kind
    self.reasons = reasons
  }

  /// In the order of the plan's steps, each thing where it is first touched.
  static func all(in plan: Plan) -> [PlannedChange] {
    var changes: [PlannedChange] = []
    var places: [String: Int] = [:]
    // What a container is called until it takes over.
    var successors: [String: String] = [:]
    for step in plan.steps {
      guard let (named, kind) = step.action.change else { continue }
      if case .createSuccessor(let spec, let name, _) = step.action { successors["container \(name)"] = "container \(spec.name)" }
      let subject = successors[named] ?? named
      guard let place = places[subject] else {
        places[subject] = changes.count
        changes.append(PlannedChange(subject: subject, kind: kind, reasons: step.reasons))
        continue
      }
      changes[place].kind = changes[place].kind.followed(by: kind)
      changes[place].reasons += step.reasons.filter { !changes[place].reasons.contains($0) }
    }
    return changes
  }
}

extension PlannedChange.Kind {
  /// What two steps on one thing come to.
  fileprivate func followed(by next: Self) -> Self {
    switch (self, next) {
    case (.stop, .start): .restart
    case (.stop, .remove), (.kill, .remove): .remove
    case (.remove, .create): .recreate
    case (.create, .start), (.recreate, .start): self
    // Whatever happens to the two of them.
    case (.replace, _): self
    // It is changed while it does not run.
    case (.stop, .update): self
    case (_, .wait): self
    default: next
    }
  }
}

extension Action {
  /// nil: nothing that is done to a thing.
  fileprivate var change: (subject: String, kind: PlannedChange.Kind)? {
    switch self {
    case .pullImage(let reference, _): ("image \(reference)", .pull)
    case .pushImage(let reference, _): ("image \(reference)", .push)
    case .buildImage(_, let references, let service): ("image \(references.first ?? service.rawValue)", .build)
    case .createNetwork(let network): ("network \(network.name)", .create)
    case .removeNetwork(let name): ("network \(name)", .remove)
    case .createVolume(let volume): ("volume \(volume.name)", .create)
    case .removeVolume(let name): ("volume \(name)", .remove)
    case .createContainer(let spec, _): ("container \(spec.name)", .create)
    case .startContainer(let name): ("container \(name)", .start)
    case .stopContainer(let name, _, _): ("container \(name)", .stop)
    case .killContainer(let name, _, _): ("container \(name)", .kill)
    case .restartContainer(let name, _, _): ("container \(name)", .restart)
    case .renewFiles(let name, _, _): ("container \(name)", .update)
    case .updateContainer(let name, _, _): ("container \(name)", .update)
    case .removeContainer(let name, _, _): ("container \(name)", .remove)
    case .waitFor(let service, _, .started, _): ("until \(service) is up", .wait)
    case .waitFor(let service, _, .healthy, _): ("until \(service) is healthy", .wait)
    case .waitFor(let service, _, .completed, _): ("until \(service) has completed", .wait)
    case .removeImage(let reference): ("image \(reference)", .remove)
    case .createSuccessor(let spec, _, _): ("container \(spec.name)", .replace)
    case .watchContainer(let name, _, _), .handOver(let name, _, _), .drainContainer(let name, _, _): ("container \(name)", .wait)
    case .createJob(let name, _): ("job \(name)", .create)
    case .updateJob(let name, _): ("job \(name)", .update)
    case .removeJob(let name, _): ("job \(name)", .remove)
    case .settleBatch, .delayBatch: nil
    }
  }
}
