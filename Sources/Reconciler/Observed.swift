public import OCI
public import StackModel

/// What exists on the machine under Muster's labels, for one project (or for all), at one moment. Records everything found; choosing is the planner's.
public struct Observed: Sendable, Codable, Equatable {
  /// Counts every change to the engine's state; a plan made on an older one is stale.
  public var generation: Int64
  /// Every container of the project, one-offs included, sorted by name.
  public var containers: [ObservedContainer]
  /// Every network that Muster has, of any project.
  public var networks: [ObservedNetwork]
  /// Every volume that Muster has, of any project.
  public var volumes: [ObservedVolume]
  /// The images that are here, of those the stack names: reference as written → image id.
  public var images: [String: Digest]
  /// Those of them whose build would be made from something else than they were; nil: not looked at.
  public var changedBuilds: [String]?
  /// The project's jobs as they are registered, sorted by name; nil: none.
  public var jobs: [ObservedJob]?
  /// Of those that have been pulled: seconds since they were last looked for in their registry.
  public var imageAges: [String: Int64]?

  public init(
    generation: Int64 = 0, containers: [ObservedContainer] = [], networks: [ObservedNetwork] = [],
    volumes: [ObservedVolume] = [], images: [String: Digest] = [:]
  ) {
    self.generation = generation
    self.containers = containers
    self.networks = networks
    self.volumes = volumes
    self.images = images
  }
}

/// A container that exists.
public struct ObservedContainer: Sendable, Codable, Equatable {
  public var id: ContainerID
  /// The spec it was made from, with `FileGrant.fingerprint`s.
  public var spec: ContainerSpec
  /// The image it was made from.
  public var imageID: Digest
  public var state: ContainerState
  /// nil without a healthcheck, or when not running.
  public var health: HealthState?
  /// The last exit, 128 + signal when killed; nil when it has never ended.
  public var exitCode: Int32?
  public var wasOutOfMemory: Bool
  /// Somebody, or a plan, has stopped it. nil: not since it was started, so that an end was its own.
  public var wasStopped: Bool?
  /// Nanoseconds since 1970.
  public var createdAt: Int64
  public var startedAt: Int64?
  public var finishedAt: Int64?
  /// Restarts by policy since it was started.
  public var restarts: Int
  /// `ports` with the host ports that were chosen.
  public var ports: [PortMapping]
  /// Network → address, while running.
  public var addresses: [NetworkName: String]
  /// Target → volume, for `Mount.Source.anonymousVolume` and the image's own VOLUMEs.
  public var anonymousVolumes: [String: VolumeName]
  /// The host's pid of its first process, while running.
  public var pid: Int32?
  /// The host's pid of a process of it that was killed and does not end, the kernel not letting go of it (state D of `proc_pid_stat(5)`).
  public var stuckPID: Int32?
  /// What it runs: entry point and command, the image's where the spec has none.
  public var command: [String]
  /// Why the engine has last started or mended it by itself; nil: it has not.
  public var remark: String?
  /// In what it is another one than the stack that was applied last says (``StackModel/Stack/outdatedFields(of:images:remote:)``); nil: in nothing, or
  /// nobody has looked.
  public var outdated: [String]?
  /// What its maker was going to look on at; nil: nothing.
  public var attached: AttachedStreams?
  /// The container whose network namespace it is in, the last that had it when that one has gone; nil: its own, the host's, or it does not run.
  public var joinedNetwork: ContainerID?
  /// What of that one's network, which has ended, is kept by those who are in it; nil: nothing.
  public var keptNetwork: KeptNetwork?

  public init(
    id: ContainerID, spec: ContainerSpec, imageID: Digest, state: ContainerState, health: HealthState? = nil,
    exitCode: Int32? = nil, wasOutOfMemory: Bool = false, wasStopped: Bool? = nil, createdAt: Int64 = 0, startedAt: Int64? = nil,
    finishedAt: Int64? = nil, restarts: Int = 0, ports: [PortMapping] = [], addresses: [NetworkName: String] = [:],
    anonymousVolumes: [String: VolumeName] = [:], pid: Int32? = nil, stuckPID: Int32? = nil,
    command: [String] = [], remark: String? = nil, attached: AttachedStreams? = nil, joinedNetwork: ContainerID? = nil,
    keptNetwork: KeptNetwork? = nil
  ) {
    self.id = id
    self.spec = spec
    self.imageID = imageID
    self.state = state
    self.health = health
    self.exitCode = exitCode
    self.wasOutOfMemory = wasOutOfMemory
    self.wasStopped = wasStopped
    self.createdAt = createdAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.restarts = restarts
    self.ports = ports
    self.addresses = addresses
    self.anonymousVolumes = anonymousVolumes
    self.pid = pid
    self.stuckPID = stuckPID
    self.command = command
    self.remark = remark
    self.attached = attached
    self.joinedNetwork = joinedNetwork
    self.keptNetwork = keptNetwork
  }
}

/// The network of a container that has ended, kept by those who are still in its namespace.
public struct KeptNetwork: Sendable, Codable, Equatable {
  /// The name of the container that has ended.
  public var container: String
  public var networks: [NetworkName]
  public init(container: String, networks: [NetworkName]) {
    self.container = container
    self.networks = networks
  }
}

/// A container's state, in Docker's words.
public enum ContainerState: String, Sendable, Codable { case created, running, paused, restarting, exited, dead }

/// A healthcheck's verdict, in Docker's words.
public enum HealthState: String, Sendable, Codable { case starting, healthy, unhealthy }

/// A job that is registered.
public struct ObservedJob: Sendable, Codable, Equatable {
  public var project: ProjectName
  public var name: JobName
  /// As it was asked for.
  public var job: Job
  public init(project: ProjectName, name: JobName, job: Job) {
    self.project = project
    self.name = name
    self.job = job
  }
}

/// A network that exists.
public struct ObservedNetwork: Sendable, Codable, Equatable {
  /// As it was asked for; `subnet` and `gateway` are filled in with what was chosen.
  public var definition: Network
  /// As it was asked for, untouched: what a changed file is compared with.
  public var requested: Network
  /// nil: made by hand, not by a stack.
  public var project: ProjectName?
  public init(definition: Network, requested: Network, project: ProjectName?) {
    self.definition = definition
    self.requested = requested
    self.project = project
  }
}

/// A volume that exists.
public struct ObservedVolume: Sendable, Codable, Equatable {
  public var definition: Volume
  public var project: ProjectName?
  /// Nanoseconds since 1970.
  public var createdAt: Int64
  /// Made for one container, without a name of the user's.
  public var isAnonymous: Bool
  /// What is wrong with its data, as a sentence; nil: nothing that is known.
  public var problem: String?
  public init(definition: Volume, project: ProjectName?, createdAt: Int64 = 0, isAnonymous: Bool = false) {
    self.definition = definition
    self.project = project
    self.createdAt = createdAt
    self.isAnonymous = isAnonymous
  }
}
