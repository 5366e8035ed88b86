/// The desired state of one project: what the stack files say, resolved, with every name made full.
///
/// Holds no secret value: a secret is a place to read it from.
public struct Stack: Sendable, Codable, Equatable {
  public var name: ProjectName
  /// The project directory, absolute.
  public var workingDirectory: String
  /// The stack files, absolute, in the order they were merged.
  public var files: [String]
  /// Only the enabled services: those without profiles, with an active one, or named on the command line.
  public var services: [ServiceName: Service]
  /// Services that exist in the file but whose profiles are not active; they are not orphans.
  public var disabledServices: [ServiceName: Service]
  public var networks: [NetworkName: Network]
  public var volumes: [VolumeName: Volume]
  public var secrets: [SecretName: FileSource]
  public var configs: [ConfigName: FileSource]
  /// `models` that enabled services use; nil: none. No part of the engine serves them yet.
  public var models: [String: Model]?
  /// Only the enabled `jobs`, as with services; nil: none.
  public var jobs: [JobName: Job]?
  /// Jobs that exist in the file but whose profiles are not active: those that are registered stay as they are. nil: none.
  public var disabledJobs: [JobName: Job]?
  /// `x-muster.protect`: the stack is not taken down while it says so; nil: it may be.
  public var isProtected: Bool?

  public init(
    name: ProjectName, workingDirectory: String = "/", files: [String] = [], services: [ServiceName: Service] = [:],
    disabledServices: [ServiceName: Service] = [:], networks: [NetworkName: Network] = [:],
    volumes: [VolumeName: Volume] = [:], secrets: [SecretName: FileSource] = [:], configs: [ConfigName: FileSource] = [:],
    models: [String: Model]? = nil,
    jobs: [JobName: Job]? = nil
  ) {
    self.name = name
    self.workingDirectory = workingDirectory
    self.files = files
    self.services = services
    self.disabledServices = disabledServices
    self.networks = networks
    self.volumes = volumes
    self.secrets = secrets
    self.configs = configs
    self.models = models
    self.jobs = jobs
  }
}
