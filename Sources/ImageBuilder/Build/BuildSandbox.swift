public import OCI
public import StackModel

/// Where RUN instructions run: a container whose root is an overlay.
public protocol BuildSandbox: Sendable {
  /// Runs a command to its end and returns its exit code (128 + signal when one killed it). When this returns or throws, no process of it is left
  /// and nothing is mounted any more. `output` gets standard output and error as they come.
  func run(_ command: BuildCommand, output: @escaping @Sendable ([UInt8]) -> Void) async throws -> Int32
  /// Gets an image that is not on this machine from its registry. Throws when it cannot be had.
  func fetch(_ reference: ImageReference) async throws
}

/// One `RUN --mount`, ready to be mounted.
public struct BuildMount: Sendable, Equatable {
  public enum Source: Sendable, Equatable {
    /// Absolute path of the host, a file or a directory.
    case path(String, isReadOnly: Bool)
    case tmpfs(size: ByteCount?)
    /// A file with that content, which is on no disk.
    case secret([UInt8], uid: UInt32, gid: UInt32, mode: UInt32)
  }
  /// Absolute, inside the root.
  public var target: String
  public var source: Source
  public init(target: String, source: Source) {
    self.target = target
    self.source = source
  }
}

/// A RUN instruction, ready to run.
public struct BuildCommand: Sendable, Equatable {
  /// What the overlay's directories are relative to.
  public var directory: String
  /// Topmost first; at least one.
  public var lower: [String]
  /// Gets what the command changes. The overlay must be mounted with `redirect_dir=off,metacopy=off`.
  public var upper: String
  public var work: String
  /// Program and arguments.
  public var arguments: [String]
  /// All of it but what the runtime itself adds (`HOME`, `HOSTNAME`).
  public var environment: [String: String]
  /// Absolute, inside the root; exists unless the image lacks it.
  public var workingDirectory: String
  /// `USER` as written: `name`, `uid`, `name:group`, …; nil for root.
  public var user: String?
  /// `host`, `none` or nil for a network with a way out.
  public var network: String?
  public var extraHosts: [ExtraHost]
  /// Mounted beside the root; nothing that is written to them is in `upper`.
  public var mounts: [BuildMount] = []
  /// nil: Docker's 64 MiB.
  public var shmSize: ByteCount?
  public var ulimits: [String: Ulimit] = [:]
  public init(
    directory: String, lower: [String], upper: String, work: String, arguments: [String], environment: [String: String],
    workingDirectory: String, user: String? = nil, network: String? = nil, extraHosts: [ExtraHost] = []
  ) {
    self.directory = directory
    self.lower = lower
    self.upper = upper
    self.work = work
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.user = user
    self.network = network
    self.extraHosts = extraHosts
  }
}
