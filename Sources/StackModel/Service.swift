public import Diagnostics

/// One service of a stack: how many containers, of what image, in what order, and what each is like.
public struct Service: Sendable, Codable, Equatable {
  public var name: ServiceName
  /// The image to run. A service with only `build` has `PROJECT-SERVICE` (`:latest` understood).
  public var image: String
  public var build: BuildSpec?
  public var pullPolicy: PullPolicy
  /// `scale` or `deploy.replicas`.
  public var replicas: Int
  @WhereSaid public var profiles: [String]
  /// `container_name`; forbids more than one replica.
  public var containerName: String?
  /// False keeps the service's output out of an attached `up` (`attach: false`).
  public var isAttached: Bool
  /// Includes what `links`, `network_mode: service:x` and `volumes_from` imply, in dictionary order of no meaning.
  @WhereSaid public var dependsOn: [ServiceName: Dependency]
  /// What every container of the service is like.
  public var options: ContainerOptions
  /// Where the service is written, for errors.
  public var origin: SourceRange?
  /// What is asked for and not carried out; nil: nothing.
  public var requests: ServiceRequests?

  public init(
    name: ServiceName, image: String, build: BuildSpec? = nil, pullPolicy: PullPolicy = .missing, replicas: Int = 1,
    profiles: [String] = [], containerName: String? = nil, isAttached: Bool = true,
    dependsOn: [ServiceName: Dependency] = [:], options: ContainerOptions = ContainerOptions(), origin: SourceRange? = nil,
    requests: ServiceRequests? = nil
  ) {
    self.name = name
    self.image = image
    self.build = build
    self.pullPolicy = pullPolicy
    self.replicas = replicas
    self.profiles = profiles
    self.containerName = containerName
    self.isAttached = isAttached
    self.dependsOn = dependsOn
    self.options = options
    self.origin = origin
    self.requests = requests
  }
}

/// `pull_policy`.
public enum PullPolicy: String, Sendable, Codable, Equatable { case always, never, missing, build }

/// One entry of `depends_on`.
public struct Dependency: Sendable, Codable, Hashable {
  public enum Condition: String, Sendable, Codable {
    case started = "service_started"
    case healthy = "service_healthy"
    case completed = "service_completed_successfully"
  }
  public var condition: Condition
  /// Restart this service when the dependency is recreated or restarted by `up`, `restart` (`depends_on.x.restart`).
  public var restart: Bool
  /// False: a dependency that is missing or fails is only warned about.
  public var isRequired: Bool
  public init(condition: Condition = .started, restart: Bool = false, isRequired: Bool = true) {
    self.condition = condition
    self.restart = restart
    self.isRequired = isRequired
  }
}

/// `build`: how an image is made from a directory.
public struct BuildSpec: Sendable, Codable, Equatable {
  /// Absolute directory, or the address of a git repository (``GitSource``), or of something else that `requests.remoteContext` tells.
  public var context: String
  /// Absolute path of the Dockerfile, relative in a git repository; nil when `inlineDockerfile` is set.
  public var dockerfile: String?
  /// `dockerfile_inline`.
  public var inlineDockerfile: String?
  public var target: String?
  public var arguments: [String: String]
  public var labels: [String: String]
  /// Further names for the image.
  public var tags: [String]
  public var noCache: Bool
  /// `build.network`: `host`, `none` or nil for a bridge.
  public var network: String?
  public var extraHosts: [ExtraHost]
  /// What newer versions know; nil: nothing of it.
  public var options: BuildOptions?
  /// What is asked for and not carried out; nil: nothing.
  public var requests: BuildRequests?
  public init(
    context: String, dockerfile: String? = nil, inlineDockerfile: String? = nil, target: String? = nil,
    arguments: [String: String] = [:], labels: [String: String] = [:], tags: [String] = [], noCache: Bool = false,
    network: String? = nil, extraHosts: [ExtraHost] = [], options: BuildOptions? = nil,
    requests: BuildRequests? = nil
  ) {
    self.context = context
    self.dockerfile = dockerfile
    self.inlineDockerfile = inlineDockerfile
    self.target = target
    self.arguments = arguments
    self.labels = labels
    self.tags = tags
    self.noCache = noCache
    self.network = network
    self.extraHosts = extraHosts
    self.options = options
    self.requests = requests
  }
}
