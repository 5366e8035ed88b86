/// An image's configuration (OCI Image Specification, "config"; Docker's `HealthCheck` and `Shell` included). Keys are the specification's.
public struct ImageConfig: Sendable, Codable, Equatable {
  public var created: String?
  public var author: String?
  public var architecture: String
  public var os: String
  public var config: Execution?
  public var rootfs: RootFS
  public var history: [History]?

  public init(
    created: String? = nil, architecture: String = "amd64", os: String = "linux", config: Execution? = nil,
    rootfs: RootFS = RootFS(diffIDs: []), history: [History]? = nil
  ) {
    self.created = created
    self.architecture = architecture
    self.os = os
    self.config = config
    self.rootfs = rootfs
    self.history = history
  }

  public struct Execution: Sendable, Codable, Equatable {
    public var user: String?
    public var exposedPorts: [String: Empty]?
    public var env: [String]?
    public var entrypoint: [String]?
    public var cmd: [String]?
    public var volumes: [String: Empty]?
    public var workingDir: String?
    public var labels: [String: String]?
    public var stopSignal: String?
    public var healthcheck: Health?
    public var shell: [String]?
    public var onBuild: [String]?
    public init() {}
    enum CodingKeys: String, CodingKey {
      case user = "User"
      case exposedPorts = "ExposedPorts"
      case env = "Env"
      case entrypoint = "Entrypoint"
      case cmd = "Cmd"
      case volumes = "Volumes"
      case workingDir = "WorkingDir"
      case labels = "Labels"
      case stopSignal = "StopSignal"
      case healthcheck = "Healthcheck"
      case shell = "Shell"
      case onBuild = "OnBuild"
    }
  }

  /// Durations in nanoseconds; 0 or nil is the default.
  public struct Health: Sendable, Codable, Equatable {
    public var test: [String]?
    public var interval: Int64?
    public var timeout: Int64?
    public var startPeriod: Int64?
    public var startInterval: Int64?
    public var retries: Int?
    public init() {}
    enum CodingKeys: String, CodingKey {
      case test = "Test"
      case interval = "Interval"
      case timeout = "Timeout"
      case startPeriod = "StartPeriod"
      case startInterval = "StartInterval"
      case retries = "Retries"
    }
  }

  /// `{}`, the value of Go's sets in JSON.
  public struct Empty: Sendable, Codable, Equatable { public init() {} }

  public struct RootFS: Sendable, Codable, Equatable {
    public var type = "layers"
    public var diffIDs: [Digest]
    public init(diffIDs: [Digest]) { self.diffIDs = diffIDs }
    enum CodingKeys: String, CodingKey {
      case type
      case diffIDs = "diff_ids"
    }
  }

  public struct History: Sendable, Codable, Equatable {
    public var created: String?
    public var createdBy: String?
    public var author: String?
    public var comment: String?
    public var emptyLayer: Bool?
    public init(
      created: String? = nil, createdBy: String? = nil, author: String? = nil, comment: String? = nil, emptyLayer: Bool? = nil
    ) {
      self.author = author
      self.created = created
      self.createdBy = createdBy
      self.comment = comment
      self.emptyLayer = emptyLayer
    }
    enum CodingKeys: String, CodingKey {
      case created
      case createdBy = "created_by"
      case author
      case comment
      case emptyLayer = "empty_layer"
    }
  }
}
