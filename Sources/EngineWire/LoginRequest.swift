public import OCI

/// Body of `POST /auth`.
public struct LoginRequest: Sendable, Codable, Equatable {
  /// As it stands in image names.
  public var registry: String
  public var credential: RegistryCredential
  public init(registry: String, credential: RegistryCredential) {
    self.registry = registry
    self.credential = credential
  }
}
