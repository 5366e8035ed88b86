public import FoundationEssentials

/// Body of `POST /secrets/create` and `POST /secrets/{id}/update`: Docker's `SecretSpec`.
public struct SecretSpec: Sendable, Codable, Equatable {
  public var Name: String?
  public var Labels: [String: String]?
  /// Base64, as Foundation's `Data` is. Only ever sent to the engine.
  public var Data: FoundationEssentials.Data?
  /// Instead of data: a value that the engine makes.
  public var Generate: SecretGeneration?
  public init(name: String?, labels: [String: String]?, data: FoundationEssentials.Data? = nil, generate: SecretGeneration? = nil) {
    Name = name
    Labels = labels
    Data = data
    Generate = generate
  }
}

/// A value that is made of random characters.
public struct SecretGeneration: Sendable, Codable, Equatable {
  public var Length: Int
  public var Charset: String
  public init(length: Int, charset: String) {
    Length = length
    Charset = charset
  }
}
