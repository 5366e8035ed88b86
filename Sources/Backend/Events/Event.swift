public import StackModel

/// Something that happened, appended to the engine's log before it is shown.
public struct Event: Sendable, Codable, Equatable {
  /// Counts up without gaps while the engine runs.
  public var sequence: UInt64
  /// Nanoseconds since 1970.
  public var at: Int64
  public var project: ProjectName?
  public var kind: Kind
  public init(sequence: UInt64, at: Int64, project: ProjectName?, kind: Kind) {
    self.sequence = sequence
    self.at = at
    self.project = project
    self.kind = kind
  }

  /// What it is a short form of, or itself.
  public var spelledOut: [Event] {
    guard case .unchanged(let names) = kind else { return [self] }
    return names.map { name in
      var event = self
      event.kind = .progress(Progress(subject: "Container \(name)", status: "Running", phase: .done))
      return event
    }
  }

  public enum Kind: Sendable, Equatable {
    /// A step of a plan, seen from outside: `Container shop-db-1`, `Starting` → `Started`.
    case progress(Progress)
    /// Names of containers that run and stay as they are: as good as a `Running` of each, in one.
    case unchanged([String])
    /// A line of a build's output, or of a pull's.
    case output(subject: String, line: String)
    case container(ContainerChange)
    case job(JobChange)
    case thing(ThingChange)
    case warning(String)
  }

  /// How far a thing is. Words are Docker Compose's: Creating/Created, Starting/Started, Waiting/Healthy, Stopping/Stopped, Removing/Removed, Building/Built.
  public struct Progress: Sendable, Codable, Equatable {
    public enum Phase: String, Sendable, Codable { case working, done, failed, skipped }
    /// `Container shop-db-1`, `Network shop_default`, `Volume shop_data`, `Image shop-web`.
    public var subject: String
    public var status: String
    public var phase: Phase
    /// The reason of a failure or a skip; one line.
    public var detail: String?
    /// The subject that this one is a part of: a layer's image.
    public var parent: String?
    /// Of a layer that is on its way: bytes that have arrived, and all of them.
    public var bytes: Int64?
    public var total: Int64?
    public init(
      subject: String, status: String, phase: Phase, detail: String? = nil, parent: String? = nil, bytes: Int64? = nil, total: Int64? = nil
    ) {
      self.subject = subject
      self.status = status
      self.phase = phase
      self.detail = detail
      self.parent = parent
      self.bytes = bytes
      self.total = total
    }
  }

  /// A container's life.
  public struct ContainerChange: Sendable, Codable, Equatable {
    public enum What: Sendable, Codable, Equatable {
      case created, started, paused, unpaused, removed, restarting
      /// Somebody has stopped it, and it has ended.
      case stopped
      /// Somebody has signalled its first process.
      case signalled(Int32)
      /// A process of it was killed for want of memory, and with it the first one has ended.
      case ranOutOfMemory
      /// Its secrets or configs have other contents.
      case updated
      /// The engine has put right what somebody else had changed: what it is again.
      case repaired(String)
      /// By a person, or because it has taken another one's place, or another one its.
      case renamed(from: String)
      case exited(code: Int32, outOfMemory: Bool)
      case health(String)
      /// A hook has ended: `post_start[0]`, `pre_stop[1]`. Those of `pre_start` are containers and tell by themselves.
      case hook(String, code: Int32)
    }
    public var id: ContainerID
    public var name: String
    public var service: ServiceName
    public var what: What
    /// As its file names it.
    public var image: String?
    public var labels: [String: String]?
    public init(
      id: ContainerID, name: String, service: ServiceName, what: What, image: String? = nil, labels: [String: String]? = nil
    ) {
      self.id = id
      self.name = name
      self.service = service
      self.what = what
      self.image = image
      self.labels = labels
    }
  }
}
