/// `deploy`, but for the replicas, limits and reservations that ``Service`` and ``Resources`` have.
public struct Deployment: Sendable, Codable, Equatable {
  public enum Mode: String, Sendable, Codable, CaseIterable {
    case replicated, global
    case replicatedJob = "replicated-job"
    case globalJob = "global-job"
  }
  public enum EndpointMode: String, Sendable, Codable, CaseIterable { case vip, dnsrr }
  public var mode: Mode?
  public var endpointMode: EndpointMode?
  /// Labels of the service, not of its containers.
  public var labels: [String: String]?
  /// `update_config`.
  public var update: Rollout?
  /// `rollback_config`.
  public var rollback: Rollout?
  public var placement: Placement?
  /// `resources.reservations.devices`.
  public var reservedDevices: [DeviceRequest]?
  /// `resources.reservations.generic_resources`.
  public var genericResources: [GenericResource]?
  public init() {}
}

/// How containers are replaced when a service has changed; nil: as Swarm does unless told otherwise.
public struct Rollout: Sendable, Codable, Equatable {
  public enum FailureAction: String, Sendable, Codable, CaseIterable { case `continue`, rollback, pause }
  public enum Order: String, Sendable, Codable, CaseIterable {
    case stopFirst = "stop-first"
    case startFirst = "start-first"
  }
  /// Containers at a time; 0: all at once.
  public var parallelism: Int?
  /// Between two groups.
  public var delay: Timespan?
  public var failureAction: FailureAction?
  /// How long a replaced container is watched for failing.
  public var monitor: Timespan?
  /// From 0 to 1.
  public var maximumFailureRatio: Double?
  public var order: Order?
  public init() {}
}

/// `deploy.placement`: which machines may run the service.
public struct Placement: Sendable, Codable, Equatable {
  /// As `node.labels.disk == ssd`.
  public var constraints: [String]
  /// `preferences[].spread`: the labels to spread over.
  public var spread: [String]
  public var maximumPerNode: Int?
  public init(constraints: [String] = [], spread: [String] = [], maximumPerNode: Int? = nil) {
    self.constraints = constraints
    self.spread = spread
    self.maximumPerNode = maximumPerNode
  }
}

/// `generic_resources[].discrete_resource_spec`.
public struct GenericResource: Sendable, Codable, Equatable {
  public var kind: String
  public var value: Int64
  public init(kind: String, value: Int64) {
    self.kind = kind
    self.value = value
  }
}
