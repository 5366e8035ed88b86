public import OCI

/// How an image is pulled.
public struct PullOptions: Sendable {
  /// nil: this machine's.
  public var platform: Platform?
  /// By registry, as it stands in image names.
  public var credentials: [String: RegistryCredential]
  public var configuration: RegistryConfiguration
  public var policy: RetryPolicy
  public init(
    platform: Platform? = nil, credentials: [String: RegistryCredential] = [:],
    configuration: RegistryConfiguration = RegistryConfiguration(), policy: RetryPolicy = RetryPolicy()
  ) {
    self.platform = platform
    self.credentials = credentials
    self.configuration = configuration
    self.policy = policy
  }
}

/// How far a layer is on its way.
public struct LayerProgress: Sendable, Equatable {
  public enum State: Sendable, Equatable {
    /// Here since before.
    case exists
    case waiting
    /// Bytes that are here, of how many.
    case downloading(Int64, of: Int64)
    /// All of it is here; the rest of it is being unpacked.
    case extracting
    case complete
    /// Bytes that the registry has, of how many.
    case pushing(Int64, of: Int64)
    case pushed
    /// The registry has it from another repository of its own.
    case mounted(from: String)
  }
  /// The first twelve digits of the layer's digest.
  public var layer: String
  public var state: State
}

/// What a pull has brought.
public struct PulledImage: Sendable {
  public var image: Image
  /// Of what the name stands for in the registry: the image's manifest, or the index of several platforms.
  public var digest: Digest
  /// False: it was here already.
  public var isNew: Bool
  /// Things to tell.
  public var notes: [String]
}
