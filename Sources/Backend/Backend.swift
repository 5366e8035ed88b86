public import OCI
public import Reconciler
public import StackModel

/// What carries a stack out. The embedded engine is one; a client of the engine's socket is another, so that a command sees one type.
///
/// Every method may throw `EngineError`; nothing here assumes the local kernel.
public protocol Backend: SecretKeeper, NetworkKeeper, ImageKeeper, MachineKeeper, ContainerSnapshots, ContainerArchives, ContainerKeeper,
  VolumeKeeper, RevisionKeeper, JobKeeper
{
  func probe() async throws -> Capabilities
  /// What exists; of one project, or of all (nil).
  func observe(_ project: ProjectName?) async throws -> Observed
  /// What `carryOut` would do. Changes nothing.
  func plan(_ request: StackRequest) async throws -> Plan
  /// The same for people, who do not read the whole of it. Changes nothing.
  func outline(_ request: StackRequest) async throws -> PlanOutline
  /// The same, with what the plan was made from, for a request that is to be refused when that has changed. Changes nothing.
  func prepare(_ request: StackRequest) async throws -> PreparedPlan
  /// Observes, plans and executes, alone on the project; a second request for it waits its turn and plans on what the first one left.
  ///
  /// Steps that fail are in the report; what depends on them is skipped, the rest is done.
  func carryOut(_ request: StackRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> Report
  /// The volumes of a project, with what they take on the disk.
  func volumes(_ project: ProjectName) async throws -> [VolumeSummary]
  /// The lines of the containers' logs, merged in order of time, in blocks of what is there; ends when there is no more, or never with
  /// `follows`. A reader that is slow holds the reading back.
  func logs(_ request: LogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error>
  /// Everything that happens from now on.
  func events(_ request: EventRequest) async throws -> AsyncThrowingStream<Event, any Error>
  /// Runs a further process in a container (`exec`), or a new one-off container (`run`), and returns its exit code.
  func session(
    _ request: SessionRequest, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32
  func images() async throws -> [ImageSummary]
  func removeImage(_ reference: String, force: Bool) async throws -> [String]
  /// Gets an image from its registry.
  func pullImage(_ request: PullRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PulledSummary
  /// What images are in their registries now; nothing is got.
  func remoteImages(_ request: RemoteImagesRequest) async throws -> [RemoteImageState]
  /// The tags that a registry has of an image's repository.
  func remoteTags(_ request: PullRequest) async throws -> [String]
  /// What a registry finds in its index.
  func searchImages(_ request: SearchRequest) async throws -> [SearchResult]
  /// Puts an image into its registry under one of its names.
  func pushImage(_ request: PushRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PushedSummary
  /// Whether a registry lets somebody in; throws `denied` when it does not. Nothing is stored.
  func checkLogin(_ registry: String, _ credential: RegistryCredential) async throws
  /// Gives an image one more name.
  func tagImage(_ source: String, as reference: String) async throws
}

extension Backend {
  public func outline(_ request: StackRequest) async throws -> PlanOutline { PlanOutline(try await plan(request)) }
}

/// An operation on a project.
public struct StackRequest: Sendable, Codable, Equatable {
  public var project: ProjectName
  /// The stack file's content; nil for operations that need none: the engine knows what it last brought up.
  public var stack: Stack?
  public var operation: Operation
  /// Values of secrets and configs that come from the caller's environment, by key (`secrets.NAME`, `configs.NAME`). Never stored in clear, never shown.
  public var values: [String: String]
  /// Whose the directories are that are made for binds; nil: root's.
  public var caller: Caller?
  /// The plan that this must come to; nil: whatever it comes to.
  public var expectation: PlanExpectation?
  /// For registries that images of the stack come from, by registry. Never stored.
  public var credentials: [String: RegistryCredential]?
  /// Steps that are done at the same time; nil: as many as the engine likes.
  public var parallelism: Int?
  public init(
    project: ProjectName, stack: Stack?, operation: Operation, values: [String: String] = [:], caller: Caller? = nil,
    expectation: PlanExpectation? = nil, credentials: [String: RegistryCredential]? = nil, parallelism: Int? = nil
  ) {
    self.parallelism = parallelism
    self.project = project
    self.stack = stack
    self.operation = operation
    self.values = values
    self.caller = caller
    self.expectation = expectation
    self.credentials = credentials
  }
}

/// The person behind a command, by the host's numbers.
public struct Caller: Sendable, Codable, Equatable {
  public var uid: UInt32
  public var gid: UInt32
  public init(uid: UInt32, gid: UInt32) {
    self.uid = uid
    self.gid = gid
  }
}

/// How a plan went.
public struct Report: Sendable, Codable, Equatable {
  public struct Failure: Sendable, Codable, Equatable {
    /// `Container shop-web-1`.
    public var subject: String
    public var error: EngineError
    public init(subject: String, error: EngineError) {
      self.subject = subject
      self.error = error
    }
  }
  public var plan: Plan
  public var failures: [Failure]
  /// Steps not tried because one that they need failed: subject, and whose failure.
  public var skipped: [String: String]
  public init(plan: Plan, failures: [Failure] = [], skipped: [String: String] = [:]) {
    self.plan = plan
    self.failures = failures
    self.skipped = skipped
  }
  public var succeeded: Bool { failures.isEmpty }
}

/// Which log lines to read.
public struct LogRequest: Sendable, Codable, Equatable {
  public var project: ProjectName
  /// None: all.
  public var services: [ServiceName]
  /// Only of this container, by its name; nil: of all.
  public var container: String?
  public var follows: Bool
  /// The last so many lines of each container; nil: all.
  public var tail: Int?
  /// Nanoseconds since 1970.
  public var since: Int64?
  public var until: Int64?
  /// With the attributes of each line.
  public var hasDetails: Bool?
  public init(
    project: ProjectName, services: [ServiceName] = [], follows: Bool = false, tail: Int? = nil, since: Int64? = nil, until: Int64? = nil
  ) {
    self.project = project
    self.services = services
    self.follows = follows
    self.tail = tail
    self.since = since
    self.until = until
  }
}

/// One line that a container wrote, or a part of a very long one.
public struct LogLine: Sendable, Codable, Equatable {
  public enum Stream: String, Sendable, Codable { case stdout, stderr }
  /// `shop-web-1`.
  public var container: String
  public var service: ServiceName
  public var stream: Stream
  /// Nanoseconds since 1970.
  public var at: Int64
  /// With its newline, unless the line goes on in the next part.
  public var text: String
  /// Labels, variables and the tag that the log's options have chosen; nil: they were not asked for.
  public var attributes: [String: String]?
  public init(container: String, service: ServiceName, stream: Stream, at: Int64, text: String) {
    self.container = container
    self.service = service
    self.stream = stream
    self.at = at
    self.text = text
  }
}

/// A process to be run while somebody looks on.
public enum SessionRequest: Sendable, Codable, Equatable {
  case exec(Exec)
  case run(Run)
  case attach(Attach)

  /// The first process of a container that runs, or is started.
  public struct Attach: Sendable, Codable, Equatable {
    /// A name, an id or the unique beginning of one.
    public var container: String
    /// Starts it, and looks on from its first output.
    public var starts = false
    public var isInteractive = false
    public init(container: String) { self.container = container }
  }

  /// A further process in a container.
  public struct Exec: Sendable, Codable, Equatable {
    /// Any container by its name or id, instead of a service's.
    public var container: String?
    public var project: ProjectName
    public var service: ServiceName
    /// Which replica, from 1.
    public var index: Int
    public var command: [String]
    public var environment: [String: String] = [:]
    public var user: String?
    public var workingDirectory: String?
    public var hasTerminal = false
    public var isInteractive = false
    public var isPrivileged = false
    /// Returns 0 at once and leaves the process running.
    public var isDetached = false
    public init(project: ProjectName, service: ServiceName, index: Int = 1, command: [String]) {
      self.project = project
      self.service = service
      self.index = index
      self.command = command
    }
  }

  /// A new container of a service. Networks, volumes and dependencies must be there (an `up` of the dependencies comes before).
  public struct Run: Sendable, Codable, Equatable {
    public var project: ProjectName
    public var stack: Stack
    public var service: ServiceName
    /// nil: `PROJECT-SERVICE-run-HEX`.
    public var name: String?
    /// The service's options with the command line's changes applied, command, terminal and ports included.
    public var options: ContainerOptions
    /// `--rm`.
    public var removesAfter = false
    public var isDetached = false
    /// `--use-aliases`.
    public var usesAliases = false
    public var values: [String: String] = [:]
    public var caller: Caller?
    public init(project: ProjectName, stack: Stack, service: ServiceName, options: ContainerOptions) {
      self.project = project
      self.stack = stack
      self.service = service
      self.options = options
    }
  }
}

/// What the looker-on sends.
public enum SessionInput: Sendable, Equatable {
  case bytes([UInt8])
  case endOfInput
  case resize(rows: UInt16, columns: UInt16)
  case signal(Int32)
  /// Who looks on leaves; the process goes on, its input stays open.
  case detach
}

/// What the looker-on gets.
public enum SessionOutput: Sendable, Equatable {
  /// The container's id and name.
  case started(id: ContainerID, name: String)
  /// What the container asks for and does not get.
  case warning(String)
  case bytes([UInt8], stream: LogLine.Stream)
}

/// An image, as `images` lists it.
public struct ImageSummary: Sendable, Codable, Equatable {
  public var id: Digest
  /// `name:tag`s.
  public var references: [String]
  /// `name@sha256:…`s: what registries call it.
  public var digests: [String]?
  /// RFC 3339; nil when the image does not say.
  public var created: String?
  /// Bytes of its unpacked layers.
  public var size: Int64
  /// What it runs; nil: it says nothing of it.
  public var entrypoint: [String]?
  public var command: [String]?
  /// nil: none.
  public var labels: [String: String]?
  public init(
    id: Digest, references: [String], created: String?, size: Int64, entrypoint: [String]? = nil, command: [String]? = nil,
    digests: [String]? = nil, labels: [String: String]? = nil
  ) {
    self.labels = labels
    self.id = id
    self.references = references
    self.digests = digests
    self.created = created
    self.size = size
    self.entrypoint = entrypoint
    self.command = command
  }
}
