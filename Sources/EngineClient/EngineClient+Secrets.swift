public import Backend
import EngineWire
import FoundationEssentials

extension EngineClient {
  public func secrets() async throws -> [SecretSummary] {
    let objects: [SecretObject] = try await get("/secrets")
    return objects.map(\.summary)
  }

  public func secret(_ nameOrID: String) async throws -> SecretSummary {
    let object: SecretObject = try await get(Self.path(secret: nameOrID))
    return object.summary
  }

  public func createSecret(_ name: String, _ value: SecretValue, labels: [String: String]) async throws -> SecretSummary {
    let spec = SecretSpec(name: name, labels: labels, data: value.data, generate: value.generation)
    let object: SecretObject = try await call("POST", "/secrets/create", spec)
    return object.summary
  }

  public func rotateSecret(_ nameOrID: String, _ value: SecretValue) async throws -> SecretRotation {
    var request = SecretRotationRequest(data: value.data, generate: value.generation)
    if case .version(let number) = value { request.Version = number }
    return try await call("POST", Self.path(secret: nameOrID) + "/rotate", request)
  }

  public func labelSecret(_ nameOrID: String, _ labels: [String: String]) async throws {
    _ = try await answer("POST", Self.path(secret: nameOrID) + "/update", try encode(SecretSpec(name: nil, labels: labels)))
  }

  public func removeSecret(_ nameOrID: String) async throws {
    _ = try await answer("DELETE", Self.path(secret: nameOrID), nil)
  }

  public func rotateSecretKey(to source: String?) async throws -> SecretKeyChange {
    try await call("POST", "/secrets/rotate-key", SecretKeyRequest(source: source))
  }

  private static func path(secret nameOrID: String) -> String { "/secrets/" + nameOrID.percentEncoded }
}

extension SecretValue {
  fileprivate var data: Data? {
    if case .bytes(let bytes) = self { Data(bytes) } else { nil }
  }
  fileprivate var generation: SecretGeneration? {
    if case .generated(let length, let charset) = self { SecretGeneration(length: length, charset: charset) } else { nil }
  }
}
