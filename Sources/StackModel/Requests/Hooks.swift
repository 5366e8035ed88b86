/// Commands at turning points of a container's life, each list in the order it is written.
public struct LifecycleHooks: Sendable, Codable, Equatable {
  /// `pre_start`: containers of their own, run one after the other before the service's.
  public var beforeStart: [InitStep]
  /// `post_start`: run inside the container once it has started.
  public var afterStart: [Hook]
  /// `pre_stop`: run inside the container before it is told to stop.
  public var beforeStop: [Hook]
  public init(beforeStart: [InitStep] = [], afterStart: [Hook] = [], beforeStop: [Hook] = []) {
    self.beforeStart = beforeStart
    self.afterStart = afterStart
    self.beforeStop = beforeStop
  }
}

/// A command run inside a running container.
public struct Hook: Sendable, Codable, Equatable {
  public var command: [String]
  /// nil: the service's.
  public var user: String?
  public var isPrivileged: Bool
  /// nil: the service's.
  public var workingDirectory: String?
  /// Added to the service's.
  public var environment: [String: String]
  public init(
    command: [String], user: String? = nil, isPrivileged: Bool = false, workingDirectory: String? = nil,
    environment: [String: String] = [:]
  ) {
    self.command = command
    self.user = user
    self.isPrivileged = isPrivileged
    self.workingDirectory = workingDirectory
    self.environment = environment
  }
}

/// A container that has to succeed before a service's container starts; not run again while it is unchanged.
public struct InitStep: Sendable, Codable, Equatable {
  /// nil: the image's.
  public var command: [String]?
  /// nil: the service's.
  public var image: String?
  public var user: String?
  public var isPrivileged: Bool
  public var workingDirectory: String?
  public var environment: [String: String]
  /// Run for each replica instead of once for the service.
  public var isPerReplica: Bool
  public init(
    command: [String]? = nil, image: String? = nil, user: String? = nil, isPrivileged: Bool = false,
    workingDirectory: String? = nil, environment: [String: String] = [:], isPerReplica: Bool = false
  ) {
    self.command = command
    self.image = image
    self.user = user
    self.isPrivileged = isPrivileged
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.isPerReplica = isPerReplica
  }
}

/// `provider`: an external program that provides what the service stands for.
public struct Provider: Sendable, Codable, Equatable {
  /// The program's name.
  public var type: String
  /// Arguments by name; several values become several arguments.
  public var options: [String: [String]]
  public init(type: String, options: [String: [String]] = [:]) {
    self.type = type
    self.options = options
  }
}
