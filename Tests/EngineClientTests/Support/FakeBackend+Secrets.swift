import Backend
import EngineWire
import Synchronization

extension FakeBackend {
  static let secret = SecretSummary(
    id: "abcdefghijklmnopqrstuvwxy", name: "db", labels: ["team": "shop"], created: 1_700_000_000_000_000_000,
    versions: [
      .init(number: 1, created: 1_700_000_000_000_000_000, size: 7, fingerprint: "00112233", damage: "was changed on disk"),
      .init(number: 2, created: 1_700_000_001_000_000_000, size: 8, fingerprint: "44556677", usedBy: ["shop-web-1"]),
    ], usedBy: ["shop-web-1", "service job of shop"])

  private func note(_ text: String) { asked.withLock { $0.append(text) } }

  func secrets() -> [SecretSummary] {
    var other = Self.secret
    other.name = "mail"
    other.id = "z" + other.id.dropFirst()
    other.labels = [:]
    return [Self.secret, other]
  }
  func secret(_ nameOrID: String) throws -> SecretSummary {
    if nameOrID != "db" { throw EngineError(.notFound, "there is no secret \"\(nameOrID)\"", hint: "make it") }
    return Self.secret
  }
  func createSecret(_ name: String, _ value: SecretValue, labels: [String: String]) throws -> SecretSummary {
    note("create \(name) \(value) \(labels)")
    if name == "taken" { throw EngineError(.conflict, "there is one") }
    return Self.secret
  }
  func rotateSecret(_ nameOrID: String, _ value: SecretValue) -> SecretRotation {
    note("rotate \(nameOrID) \(value)")
    return SecretRotation(name: nameOrID, version: 3, containers: [.init(name: "shop-web-1", what: .signalled, detail: "SIGHUP")])
  }
  func labelSecret(_ nameOrID: String, _ labels: [String: String]) { note("label \(nameOrID) \(labels)") }
  func removeSecret(_ nameOrID: String) throws {
    if nameOrID == "busy" { throw EngineError(.conflict, "in use by shop-web-1") }
    note("remove \(nameOrID)")
  }
  func rotateSecretKey(to source: String?) -> SecretKeyChange {
    note("key \(source ?? "-")")
    return SecretKeyChange(source: source ?? "file:/k", count: 4, leftOut: ["x"])
  }
}
