public import Backend
import ContainerSetup
import SecretStore
import StackModel

extension LocalBackend {
  public func secrets() async throws -> [SecretSummary] {
    let uses = await secretUses()
    return try stored { try secretStore.list() }.map { SecretSummary($0, uses: uses[$0.name] ?? []) }
  }

  public func secret(_ nameOrID: String) async throws -> SecretSummary {
    let found = try stored { try secretStore.inspect(nameOrID) }
    let uses = await secretUses()[found.name] ?? []
    var summary = SecretSummary(found, uses: uses)
    for (index, version) in found.versions.enumerated() where version.damage == nil {
      guard let value = try? secretStore.value(of: found.name, version: version.number) else { continue }
      summary.versions[index].usedBy = try await users(of: value, named: found.name, uses)
    }
    return summary
  }

  public func createSecret(_ name: String, _ value: SecretValue, labels: [String: String]) async throws -> SecretSummary {
    let made = try stored {
      let bytes: [UInt8]
      switch value {
      case .bytes(let given): bytes = given
      case .generated(let length, let charset): bytes = try generated(length, charset)
      case .version: throw EngineError(.invalid, "a new secret has no older version")
      }
      secretsSeen.add(bytes)
      return try secretStore.create(name, bytes, labels: labels)
    }
    return SecretSummary(made, uses: await secretUses()[name] ?? [])
  }

  public func rotateSecret(_ nameOrID: String, _ value: SecretValue) async throws -> SecretRotation {
    let changed = try stored {
      switch value {
      case .bytes(let bytes):
        secretsSeen.add(bytes)
        return try secretStore.rotate(nameOrID, bytes)
      case .generated(let length, let charset):
        let bytes = try generated(length, charset)
        secretsSeen.add(bytes)
        return try secretStore.rotate(nameOrID, bytes)
      case .version(let number): return try secretStore.rotate(nameOrID, toVersion: number)
      }
    }
    return SecretRotation(
      name: changed.name, version: changed.versions.last?.number ?? 0, containers: await deliver(secretNamed: changed.name))
  }

  public func labelSecret(_ nameOrID: String, _ labels: [String: String]) async throws {
    _ = try stored { try secretStore.relabel(nameOrID, labels) }
  }

  public func removeSecret(_ nameOrID: String) async throws {
    let name = try stored { try secretStore.name(of: nameOrID) }
    let users = (await secretUses()[name] ?? []).map(\.name)
    guard users.isEmpty else {
      throw EngineError(
        .conflict, "the secret \"\(name)\" is in use by \(users.joined(separator: ", "))",
        hint: "take them down first, or remove the secret from their stack and run up")
    }
    try stored { try secretStore.remove(name) }
  }

  public func rotateSecretKey(to source: String?) async throws -> SecretKeyChange {
    let change = try stored {
      guard let source else { return try secretStore.rotateKey() }
      guard let place = KeySource(source) else {
        throw EngineError(
          .invalid, "\"\(source)\" is not a place for a key", hint: "write file:/PATH, passphrase:/PATH of a file, or credential:NAME")
      }
      return try secretStore.rotateKey(to: place)
    }
    return SecretKeyChange(source: change.source, count: change.sealedAnew, leftOut: change.leftOut)
  }

  private func generated(_ length: Int, _ charset: String) throws -> [UInt8] {
    guard let characters = SecretCharset(rawValue: charset) else {
      throw EngineError(
        .invalid, "\"\(charset)\" is not a set of characters",
        hint: "there are " + SecretCharset.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return try SecretStore.generate(length: length, characters)
  }

  /// The containers whose grants have this value's fingerprint.
  private func users(of value: [UInt8], named name: String, _ uses: [SecretUse]) async throws -> [String] {
    var users: [String] = []
    for use in uses {
      guard let container = use.container, let stack = await catalog.stack(use.project)?.stack else { continue }
      let options = container.spec.options
      let has = try stack.storedNames(options).contains { key, stored in
        guard stored == name else { return false }
        let fingerprint = try vault.fingerprint(value, name: "\(use.project)/\(key)")
        return options.grants(key).contains { $0.fingerprint == fingerprint }
      }
      if has { users.append(container.spec.name) }
    }
    return users
  }
}

extension ContainerOptions {
  /// `secrets.KEY` and `configs.KEY` of all grants.
  var grantKeys: Set<String> { Set(secrets.map { "secrets.\($0.source)" } + configs.map { "configs.\($0.source)" }) }

  /// The grants of `secrets.KEY` or `configs.KEY`.
  func grants(_ key: String) -> [FileGrant] {
    secrets.filter { "secrets.\($0.source)" == key } + configs.filter { "configs.\($0.source)" == key }
  }
}

extension SecretSummary {
  fileprivate init(_ secret: StoredSecret, uses: [SecretUse]) {
    self.init(
      id: secret.id, name: secret.name, labels: secret.labels, created: secret.created,
      versions: secret.versions.map {
        Version(number: $0.number, created: $0.created, size: $0.size, fingerprint: $0.fingerprint, damage: $0.damage)
      }, usedBy: uses.map(\.name))
  }
}
