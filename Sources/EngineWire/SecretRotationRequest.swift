public import FoundationEssentials

/// Body of `POST /secrets/{id}/rotate`: one of the three.
public struct SecretRotationRequest: Sendable, Codable, Equatable {
  public var Data: FoundationEssentials.Data?
  public var Generate: SecretGeneration?
  /// The value of an older version.
  public var Version: Int?
  public init(data: FoundationEssentials.Data? = nil, generate: SecretGeneration? = nil, version: Int? = nil) {
    Data = data
    Generate = generate
    Version = version
  }
}

/// Body of `POST /secrets/rotate-key`.
public struct SecretKeyRequest: Sendable, Codable, Equatable {
  /// nil: where it was.
  public var Source: String?
  public init(source: String?) { Source = source }
}
