/// Who is asking, as `docker login` keeps it. Never stored by the engine and never printed.
public struct RegistryCredential: Sendable, Codable, Equatable, CustomStringConvertible {
  public var username: String
  public var password: String
  /// A refresh token in the place of a password (`identitytoken`).
  public var identityToken: String?
  /// A bearer token that is sent as it is (`registrytoken`).
  public var registryToken: String?
  public init(username: String, password: String, identityToken: String? = nil, registryToken: String? = nil) {
    self.username = username
    self.password = password
    self.identityToken = identityToken
    self.registryToken = registryToken
  }
  public var description: String { "a credential of \(username.isEmpty ? "a token" : username)" }
}
