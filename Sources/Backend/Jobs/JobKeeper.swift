public import StackModel

/// Keeps the jobs of projects: what `up` has registered, when each is due, and what has become of its runs.
public protocol JobKeeper: Sendable {
  /// The jobs of a project, or of all, by name.
  func jobs(_ project: ProjectName?) async throws -> [JobSummary]
  /// Begins a run now; returns it as it is then, running or in line.
  func runJob(_ request: JobRunRequest) async throws -> JobRun
  /// Stops runs that are not over and takes those that wait out of line; returns them, the oldest first, as they have ended.
  func cancelJob(_ request: JobCancelRequest) async throws -> [JobRun]
  /// The runs of a job that are kept, the newest first.
  func jobRuns(_ project: ProjectName, _ job: JobName) async throws -> [JobRun]
  /// What a run has written; with `follows` until the run has ended.
  func jobLogs(_ request: JobLogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error>
}

/// A job as it is registered.
public struct JobSummary: Sendable, Codable, Equatable {
  public var project: ProjectName
  public var name: JobName
  public var image: String
  public var triggers: JobTriggers
  /// Nanoseconds since 1970; nil: no schedule says.
  public var nextAt: Int64?
  /// The numbers of the runs that go on.
  public var running: [Int]
  /// The newest that has begun; nil: none.
  public var lastRun: JobRun?
  public init(
    project: ProjectName, name: JobName, image: String, triggers: JobTriggers, nextAt: Int64? = nil, running: [Int] = [],
    lastRun: JobRun? = nil
  ) {
    self.project = project
    self.name = name
    self.image = image
    self.triggers = triggers
    self.nextAt = nextAt
    self.running = running
    self.lastRun = lastRun
  }
}

/// One run of a job, or that there was none where one was due.
public struct JobRun: Sendable, Codable, Equatable {
  public enum Trigger: String, Sendable, Codable {
    case schedule, manual
    /// It makes up for runs that were missed.
    case missed
    /// The run of another job needs it, that somebody has asked for.
    case dependency
  }

  public enum State: String, Sendable, Codable {
    /// For another run to end, or for what the job depends on.
    case waiting
    case running
    case succeeded
    case failed
    /// Somebody did not want it any more.
    case cancelled
    /// Another run went on when it was due.
    case skipped
    /// It was due while no engine ran.
    case missed
  }

  public var project: ProjectName
  public var job: JobName
  /// From 1 upwards in the job.
  public var number: Int
  public var trigger: Trigger
  public var state: State
  /// When it was due; nil: somebody has asked for it. This and all times: nanoseconds since 1970.
  public var scheduledAt: Int64?
  /// When somebody asked for it, or for the run that needs it; nil: nobody has.
  public var askedAt: Int64?
  /// When it was noted.
  public var createdAt: Int64
  public var startedAt: Int64?
  public var finishedAt: Int64?
  /// nil: it has not ended, or never began.
  public var exitCode: Int32?
  public var wasOutOfMemory: Bool
  /// Why it failed, was cancelled, skipped or missed, where the exit code does not say it.
  public var reason: String?
  /// Of its container; nil: none was made.
  public var containerID: ContainerID?
  /// How often in a row it was skipped or missed.
  public var count: Int

  public init(
    project: ProjectName, job: JobName, number: Int, trigger: Trigger, state: State, scheduledAt: Int64? = nil, createdAt: Int64,
    startedAt: Int64? = nil, finishedAt: Int64? = nil, exitCode: Int32? = nil, wasOutOfMemory: Bool = false, reason: String? = nil,
    containerID: ContainerID? = nil, count: Int = 1
  ) {
    self.project = project
    self.job = job
    self.number = number
    self.trigger = trigger
    self.state = state
    self.scheduledAt = scheduledAt
    self.createdAt = createdAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.exitCode = exitCode
    self.wasOutOfMemory = wasOutOfMemory
    self.reason = reason
    self.containerID = containerID
    self.count = count
  }

  /// Its container's name: `shop-backup-run-3`.
  public var containerName: String { "\(project)-\(job)-run-\(number)" }

  /// Nothing more becomes of it.
  public var isOver: Bool {
    switch state {
    case .waiting, .running: false
    case .succeeded, .failed, .cancelled, .skipped, .missed: true
    }
  }

  /// It began, or was to begin: not that it was skipped or missed.
  public var isRun: Bool { state != .skipped && state != .missed }
}

/// That a job is to run now.
public struct JobRunRequest: Sendable, Codable, Equatable {
  public var project: ProjectName
  public var job: JobName
  public init(project: ProjectName, job: JobName) {
    self.project = project
    self.job = job
  }
}

/// That runs of a job are to end now.
public struct JobCancelRequest: Sendable, Codable, Equatable {
  public var project: ProjectName
  public var job: JobName
  /// nil: all that are not over.
  public var number: Int?
  /// How many seconds its container may take to stop, -1 for however long it takes; nil: its own grace period.
  public var timeout: Int?
  public init(project: ProjectName, job: JobName, number: Int? = nil, timeout: Int? = nil) {
    self.project = project
    self.job = job
    self.number = number
    self.timeout = timeout
  }
}

/// Which of a job's output to read.
public struct JobLogRequest: Sendable, Codable, Equatable {
  public var project: ProjectName
  public var job: JobName
  /// nil: the newest.
  public var number: Int?
  public var follows: Bool
  /// The last so many lines; nil: all.
  public var tail: Int?
  public init(project: ProjectName, job: JobName, number: Int? = nil, follows: Bool = false, tail: Int? = nil) {
    self.project = project
    self.job = job
    self.number = number
    self.follows = follows
    self.tail = tail
  }
}
