/// Keeps secrets for the stacks' `external: true`. Values go in and never come out: only containers get them.
public protocol SecretKeeper: Sendable {
  /// All secrets, by name, and what uses them.
  func secrets() async throws -> [SecretSummary]
  /// One, by name or id, every version of it checked.
  func secret(_ nameOrID: String) async throws -> SecretSummary
  func createSecret(_ name: String, _ value: SecretValue, labels: [String: String]) async throws -> SecretSummary
  /// Gives it another value, in the running containers that have it too.
  func rotateSecret(_ nameOrID: String, _ value: SecretValue) async throws -> SecretRotation
  /// Replaces the labels; the value stays.
  func labelSecret(_ nameOrID: String, _ labels: [String: String]) async throws
  /// Refused (`conflict`) while something uses it.
  func removeSecret(_ nameOrID: String) async throws
  /// Changes the keys that the secrets are sealed under. `source`: `file:PATH`, `passphrase:PATH`, `credential:NAME`; nil: as before.
  func rotateSecretKey(to source: String?) async throws -> SecretKeyChange
}

/// Where a secret's value comes from.
public enum SecretValue: Sendable, Equatable {
  case bytes([UInt8])
  /// Random characters of a set: `alphanumeric`, `ascii`, `digits`, `hex`, `urlsafe`. Made by the engine and known to nobody else.
  case generated(length: Int, charset: String)
  /// The one that it had in an older version.
  case version(Int)
}

/// A secret without its value.
public struct SecretSummary: Sendable, Equatable {
  public struct Version: Sendable, Equatable {
    public var number: Int
    /// Nanoseconds since 1970.
    public var created: Int64
    /// Bytes.
    public var size: Int
    /// Changes with the value and says nothing about it.
    public var fingerprint: String
    /// What is wrong with it on disk; nil: nothing.
    public var damage: String?
    /// The names of the containers that have it.
    public var usedBy: [String]
    public init(number: Int, created: Int64, size: Int, fingerprint: String, damage: String? = nil, usedBy: [String] = []) {
      self.number = number
      self.created = created
      self.size = size
      self.fingerprint = fingerprint
      self.damage = damage
      self.usedBy = usedBy
    }
  }
  public var id: String
  public var name: String
  public var labels: [String: String]
  /// Of its first version; nanoseconds since 1970.
  public var created: Int64
  /// Oldest first; the last one is what containers get.
  public var versions: [Version]
  /// Containers, and services without one: `shop-web-1`, `service web of shop`.
  public var usedBy: [String]
  public init(id: String, name: String, labels: [String: String], created: Int64, versions: [Version], usedBy: [String] = []) {
    self.id = id
    self.name = name
    self.labels = labels
    self.created = created
    self.versions = versions
    self.usedBy = usedBy
  }
}

/// What a new value did.
public struct SecretRotation: Sendable, Codable, Equatable {
  public enum What: String, Sendable, Codable { case updated, signalled, restarted, failed }
  /// A running container that has the secret.
  public struct Container: Sendable, Codable, Equatable {
    public var name: String
    public var what: What
    /// The signal, or what failed.
    public var detail: String?
    public init(name: String, what: What, detail: String? = nil) {
      self.name = name
      self.what = what
      self.detail = detail
    }
  }
  public var name: String
  /// The new version.
  public var version: Int
  public var containers: [Container]
  public init(name: String, version: Int, containers: [Container]) {
    self.name = name
    self.version = version
    self.containers = containers
  }
}

/// What a change of keys did.
public struct SecretKeyChange: Sendable, Codable, Equatable {
  /// Where the key is now.
  public var source: String
  /// Versions that are sealed anew.
  public var count: Int
  /// Secrets with a damaged record, which stays under the former key.
  public var leftOut: [String]
  public init(source: String, count: Int, leftOut: [String]) {
    self.source = source
    self.count = count
    self.leftOut = leftOut
  }
}
