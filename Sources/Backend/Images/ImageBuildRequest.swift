public import OCI
public import StackModel

/// An image that is to be built from a Dockerfile, for no stack.
public struct ImageBuildRequest: Sendable, Codable, Equatable {
  public var spec: BuildSpec
  /// Instead of the directory `spec.context`; the Dockerfile's path is relative to it.
  public var sent: SentContext?
  /// The names that the image gets; none: it is known by its id.
  public var references: [String]
  /// What `spec.options.secrets` grants, by key.
  public var secrets: [String: FileSource]
  /// Of the secrets that come from the caller's environment, by key (`secrets.NAME`). Never stored, never shown.
  public var values: [String: String]
  /// By registry, as it stands in image names. Never stored.
  public var credentials: [String: RegistryCredential]
  public init(
    spec: BuildSpec, sent: SentContext? = nil, references: [String], secrets: [String: FileSource] = [:], values: [String: String] = [:],
    credentials: [String: RegistryCredential] = [:]
  ) {
    self.spec = spec
    self.sent = sent
    self.references = references
    self.secrets = secrets
    self.values = values
    self.credentials = credentials
  }
}
