public import Reconciler
public import StackModel

/// Keeps single containers, of whatever stack or none: the verbs of `docker container`. Names are names, ids or the unique beginnings of ids.
public protocol ContainerKeeper: Sendable {
  func container(_ name: String) async throws -> ObservedContainer
  /// Does something to a container; returns what the user should be told of it.
  func act(on name: String, _ action: ContainerAction) async throws -> [String]
  /// Its processes as `ps` lists them, by the host's numbers; no options are `-ef`.
  func processes(of name: String, _ options: [String]) async throws -> ProcessList
  /// What it uses now; zeros when it does not run.
  func statistics(of name: String) async throws -> ContainerStatistics
  /// Makes a container that no stack has; returns it.
  func createContainer(_ creation: ContainerCreation) async throws -> ObservedContainer
}

/// What is done to one container.
public enum ContainerAction: Sendable, Codable, Equatable {
  case start
  /// Seconds; nil: its own grace period. `signal`: instead of its own.
  case stop(timeout: Int?, signal: String?)
  case restart(timeout: Int?, signal: String?)
  case kill(signal: String)
  case pause
  case unpause
  case rename(to: String)
  /// `force`: also one that runs. `volumes`: its anonymous volumes too.
  case remove(force: Bool, volumes: Bool)
  case update(ContainerUpdate)
}

/// What `update` changes; what is nil stays as it is.
public struct ContainerUpdate: Sendable, Codable, Equatable {
  public var resources = Resources()
  public var restart: RestartPolicy?
  public init() {}

  /// The limits with what is changed.
  public func applied(to old: Resources) -> Resources {
    var new = old
    new.nanocores = resources.nanocores ?? new.nanocores
    new.cpuQuota = resources.cpuQuota ?? new.cpuQuota
    new.cpuPeriod = resources.cpuPeriod ?? new.cpuPeriod
    new.cpuShares = resources.cpuShares ?? new.cpuShares
    new.cpuset = resources.cpuset ?? new.cpuset
    new.realtimePeriod = resources.realtimePeriod ?? new.realtimePeriod
    new.realtimeRuntime = resources.realtimeRuntime ?? new.realtimeRuntime
    new.memory = resources.memory ?? new.memory
    new.memoryReservation = resources.memoryReservation ?? new.memoryReservation
    new.memorySwap = resources.memorySwap ?? new.memorySwap
    new.pids = resources.pids ?? new.pids
    if let blocks = resources.blockIO { new.blockIO = blocks }
    return new
  }
}

/// A container that is made from an image.
public struct ContainerCreation: Sendable, Codable, Equatable {
  /// nil: the engine chooses one.
  public var name: String?
  public var image: String
  public var options: ContainerOptions
  /// `--rm`.
  public var removesAfter: Bool
  /// What somebody is going to look on at; nil: nothing.
  public var attached: AttachedStreams?
  public var caller: Caller?
  public init(
    name: String?, image: String, options: ContainerOptions, removesAfter: Bool = false, attached: AttachedStreams? = nil,
    caller: Caller? = nil
  ) {
    self.name = name
    self.image = image
    self.options = options
    self.removesAfter = removesAfter
    self.attached = attached
    self.caller = caller
  }
}

/// Docker's answer to `top`.
public struct ProcessList: Sendable, Codable, Equatable {
  public var Titles: [String]
  public var Processes: [[String]]
  public init(titles: [String], processes: [[String]]) {
    Titles = titles
    Processes = processes
  }
}
