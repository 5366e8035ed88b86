/// What to load: the command line's choices and the environment it was given in.
public struct LoadRequest: Sendable {
  /// `-f`, in order; `-` is standard input. Empty: `COMPOSE_FILE`, or the default files in the directory or above it.
  public var files: [String]
  /// `--project-directory`.
  public var projectDirectory: String?
  /// `-p`.
  public var projectName: String?
  /// `--env-file`, in order. Empty: `COMPOSE_ENV_FILES`, or `.env`.
  public var envFiles: [String]
  /// `--profile`. Empty: `COMPOSE_PROFILES`. `*` activates all.
  public var profiles: [String]
  /// Services named on the command line; naming one activates it.
  public var services: [String]
  /// The variables of whoever runs the command.
  public var environment: [String: String]
  /// Absolute.
  public var currentDirectory: String
  /// False leaves `${…}` as it is, for `config --no-interpolate`; then only rendering is of use, the stack stays empty.
  public var interpolates: Bool
  /// False leaves `env_file` and `label_file` unread, for `config --no-env-resolution`; then only rendering is of use.
  public var readsEnvironmentFiles = true
  /// False takes stacks that contradict themselves, for `config --no-consistency`; then only rendering is of use.
  public var checksConsistency = true
  /// `--all-resources`: networks and volumes that no service uses are part of the stack, too.
  public var allResources = false

  public init(
    files: [String] = [], projectDirectory: String? = nil, projectName: String? = nil, envFiles: [String] = [],
    profiles: [String] = [], services: [String] = [], environment: [String: String] = [:], currentDirectory: String,
    interpolates: Bool = true
  ) {
    self.files = files
    self.projectDirectory = projectDirectory
    self.projectName = projectName
    self.envFiles = envFiles
    self.profiles = profiles
    self.services = services
    self.environment = environment
    self.currentDirectory = currentDirectory
    self.interpolates = interpolates
  }
}
