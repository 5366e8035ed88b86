public import StackModel

/// What a user asks of a stack. Each becomes a `Plan`; no services named means all of them.
public enum Operation: Sendable, Codable, Equatable {
  case up(UpOptions)
  case down(DownOptions)
  case build(services: [ServiceName], noCache: Bool)
  /// `pull`: gets images anew; `missing`: only those that are not here. With `dependencies` also those of the services that the named ones need.
  case pull(services: [ServiceName], dependencies: Bool, policy: PullPolicy?, ignoresBuildable: Bool)
  /// `push`: puts the images that are built here into their registries.
  case push(services: [ServiceName], dependencies: Bool)
  case start(services: [ServiceName])
  /// `timeout` in seconds; nil: each service's own `stop_grace_period`.
  case stop(services: [ServiceName], timeout: Int?)
  case restart(services: [ServiceName], timeout: Int?, noDependencies: Bool)
  case kill(services: [ServiceName], signal: String)
  /// Removes stopped containers; `stop`: stops them first; `volumes`: their anonymous volumes too.
  case remove(services: [ServiceName], stop: Bool, volumes: Bool)
  /// Makes services what they were in an earlier version. `to`: its number; nil: the newest that was up and is another.
  case rollback(services: [ServiceName], to: Int?)
}

extension Operation {
  /// Whether it may ask registries for images.
  public var mayPull: Bool {
    switch self {
    case .up, .pull, .push, .build: true
    default: false
    }
  }
}

/// `up`'s flags.
public struct UpOptions: Sendable, Codable, Equatable {
  public enum Build: String, Sendable, Codable { case ifMissing, always, never }
  public var services: [ServiceName] = []
  public var build = Build.ifMissing
  /// `--pull`: instead of what the stack file says of each service.
  public var pull: PullPolicy?
  public var forceRecreate = false
  public var noRecreate = false
  public var noDependencies = false
  /// `--always-recreate-deps`: what the named services need is made anew. nil: it is not.
  public var recreatesDependencies: Bool?
  public var removeOrphans = false
  /// What has done its work is run again, as are those that are named. nil: it is not.
  public var runsAgain: Bool?
  /// They are not told about. nil: they are.
  public var ignoresOrphans: Bool?
  /// Networks and volumes that no service uses are made, too. nil: they are not.
  public var allResources: Bool?
  public var renewAnonymousVolumes = false
  /// False: containers are made, not started (`create`, `up --no-start`).
  public var starts = true
  public var scale: [ServiceName: Int] = [:]
  /// Seconds; nil: each service's own.
  public var timeout: Int?
  /// `--wait`: also wait until every service is running, or healthy where it has a check.
  public var waits = false
  /// The engine keeps the stack so: a container that is taken away behind its back is started again. nil: it does not.
  public var keeps: Bool?
  /// An earlier version comes back: `deploy.rollback_config` counts. nil: it does not.
  public var isRollback: Bool?
  public init() {}
}

/// `down`'s flags.
public struct DownOptions: Sendable, Codable, Equatable {
  public enum Images: String, Sendable, Codable { case local, all }
  public var services: [ServiceName] = []
  public var volumes = false
  public var images: Images?
  public var removeOrphans = false
  /// The services of the stack file at hand: containers of others are orphans. nil: of those that were brought up last.
  public var declared: Set<ServiceName>?
  /// They are not told about. nil: they are.
  public var ignoresOrphans: Bool?
  /// Seconds; nil: each service's own.
  public var timeout: Int?
  public init() {}
}
