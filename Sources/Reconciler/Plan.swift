public import OCI
public import StackModel

/// What will be done, in order, each step with its reasons. Prints one line a step; the same value is executed.
public struct Plan: Sendable, Codable, Equatable {
  public var project: ProjectName
  /// `Observed.generation` that it was made on.
  public var basis: Int64
  /// Dependencies come first.
  public var steps: [Step]
  /// Things to tell that need no step: orphans left alone, a volume whose definition changed.
  public var notes: [String]
  /// What is as it should be: the names of containers that stay.
  public var unchanged: [String]
  public init(project: ProjectName, basis: Int64, steps: [Step] = [], notes: [String] = [], unchanged: [String] = []) {
    self.project = project
    self.basis = basis
    self.steps = steps
    self.notes = notes
    self.unchanged = unchanged
  }
  public var isEmpty: Bool { steps.isEmpty }
}

/// One step of a plan.
public struct Step: Sendable, Codable, Equatable, Identifiable {
  /// Its place in the plan, from 0.
  public var id: Int
  public var action: Action
  public var reasons: [Reason]
  /// Steps that must have succeeded before this one starts.
  public var after: Set<Int>
  /// Steps that must have come to an end before this one starts, whatever end: it judges them. nil: none.
  public var afterEnd: Set<Int>?
  public init(id: Int, action: Action, reasons: [Reason], after: Set<Int> = [], afterEnd: Set<Int>? = nil) {
    self.id = id
    self.action = action
    self.reasons = reasons
    self.after = after
    self.afterEnd = afterEnd
  }

  enum CodingKeys: String, CodingKey { case id, action, reasons, after, afterEnd }

  /// `after` in order, so that the same plan is the same text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(action, forKey: .action)
    try container.encode(reasons, forKey: .reasons)
    try container.encode(after.sorted(), forKey: .after)
    try container.encodeIfPresent(afterEnd?.sorted(), forKey: .afterEnd)
  }
}

/// One effect. Indirect: plans are copied about, and what a container shall be is large. Containers are named by their name, which is unique on an engine, so that a plan can speak of one that does not exist yet.
public indirect enum Action: Sendable, Codable, Equatable {
  /// Not here: get it from its registry.
  case pullImage(reference: String, service: ServiceName)
  /// Put it into its registry.
  case pushImage(reference: String, service: ServiceName)
  case buildImage(BuildSpec, references: [String], service: ServiceName)
  case createNetwork(Network)
  case removeNetwork(NetworkName)
  case createVolume(Volume)
  case removeVolume(VolumeName)
  /// `anonymousVolumes`: kept from the container that this one replaces.
  case createContainer(ContainerSpec, anonymousVolumes: [String: VolumeName])
  case startContainer(name: String)
  /// `timeout` in seconds; nil: the container's own grace period.
  case stopContainer(name: String, id: ContainerID, timeout: Int?)
  case killContainer(name: String, id: ContainerID, signal: String)
  case restartContainer(name: String, id: ContainerID, timeout: Int?)
  /// Gives a running container the new contents of its secrets and configs, and does what `x-muster.on_secret_change` asks. `spec`: with their fingerprints.
  case renewFiles(name: String, id: ContainerID, spec: ContainerSpec)
  /// Changes a container where it is; one that runs goes on. `spec`: as it is afterwards.
  case updateContainer(name: String, id: ContainerID, spec: ContainerSpec)
  /// `volumes`: its anonymous volumes too.
  case removeContainer(name: String, id: ContainerID, volumes: Bool)
  /// Wait until every replica of the service meets the condition. `.started`: is running, and healthy where it has a check of health, its own or its image's (`up --wait`).
  case waitFor(service: ServiceName, containers: [String], condition: Dependency.Condition, isRequired: Bool)
  case removeImage(reference: String)

  // How containers are replaced batch by batch (`deploy.update_config`)
  /// A container that is started beside the one whose place it will take. `spec`: as it is then; `name`: what it is called until then. It gets no
  /// connections as long as there is the other.
  case createSuccessor(ContainerSpec, name: String, anonymousVolumes: [String: VolumeName])
  /// Wait until a new container has proved itself: healthy where it has a check of health, and running for as long as `monitor` says.
  case watchContainer(name: String, service: ServiceName, monitor: Timespan?)
  /// Ports and names lead to the successor from now on, which takes the other one's name; the other one gets the successor's.
  case handOver(name: String, id: ContainerID, successor: String)
  /// Wait until nobody is connected any more with a container that gets no new connections, at most for its grace period.
  case drainContainer(name: String, id: ContainerID, timeout: Int?)
  /// Judges the batch; takes away successors that failed.
  case settleBatch(RolloutBatch)
  /// `delay` between two batches.
  case delayBatch(ServiceName, Timespan)

  // Jobs, whose containers are made when they are due
  case createJob(JobName, Job)
  /// Has it run as it is now said from its next run on.
  case updateJob(JobName, Job)
  /// With its history; what runs of it is stopped. `timeout` in seconds; nil: its own grace period.
  case removeJob(JobName, timeout: Int?)
}

/// Why a step is there.
public enum Reason: Sendable, Codable, Equatable {
  /// It does not exist.
  case absent
  /// Its own files are not there any more.
  case lost
  /// It exists and is not running.
  case stopped(exitCode: Int32?)
  /// It is not in the stack file any more.
  case undeclared
  case scaled(from: Int, to: Int)
  case changed([FieldChange])
  case imageMoved(from: Digest, to: Digest)
  /// What it is built from is not what it was built from.
  case contextChanged
  /// A `build` or pull in this plan may change the image.
  case imageBuilt
  /// Something it depends on changes.
  case dependency(ServiceName)
  /// Another service waits for it.
  case neededBy(ServiceName)
  /// The user asked (`--force-recreate`, `down`, `stop`).
  case requested(String)
}

/// One field of a container that differs between what is and what shall be.
public struct FieldChange: Sendable, Codable, Equatable {
  /// In the stack file's words: `environment.LOG_LEVEL`, `ports`, `secrets.db_password`.
  public var path: String
  /// nil: absent.
  public var old: Shown?
  public var new: Shown?
  public init(path: String, old: Shown?, new: Shown?) {
    self.path = path
    self.old = old
    self.new = new
  }
}

/// A value that may be printed, or may not.
public enum Shown: Sendable, Codable, Equatable {
  case text(String)
  /// A secret: only that it is there, or changed.
  case hidden
}
