public import Backend
import StackModel

/// A secret as `GET /secrets` answers: Docker's `Secret`, and what Docker does not have. Never with its data.
public struct SecretObject: Sendable, Codable, Equatable {
  public struct ObjectVersion: Sendable, Codable, Equatable { public var Index: Int }
  public struct ObjectSpec: Sendable, Codable, Equatable {
    public var Name: String
    public var Labels: [String: String]
  }
  /// A value that it has or had.
  public struct ValueVersion: Sendable, Codable, Equatable {
    public var Number: Int
    public var CreatedAt: String
    public var Size: Int
    public var Fingerprint: String
    public var Damage: String?
    public var UsedBy: [String]
  }
  public var ID: String
  public var Version: ObjectVersion
  public var CreatedAt: String
  public var UpdatedAt: String
  public var Spec: ObjectSpec
  public var Versions: [ValueVersion]
  public var UsedBy: [String]

  public init(_ secret: SecretSummary) {
    ID = secret.id
    Version = ObjectVersion(Index: secret.versions.last?.number ?? 0)
    CreatedAt = Timestamp.text(secret.created)
    UpdatedAt = Timestamp.text(secret.versions.last?.created ?? secret.created)
    Spec = .init(Name: secret.name, Labels: secret.labels)
    Versions = secret.versions.map {
      .init(
        Number: $0.number, CreatedAt: Timestamp.text($0.created), Size: $0.size, Fingerprint: $0.fingerprint, Damage: $0.damage,
        UsedBy: $0.usedBy)
    }
    UsedBy = secret.usedBy
  }

  public var summary: SecretSummary {
    SecretSummary(
      id: ID, name: Spec.Name, labels: Spec.Labels, created: Timestamp.nanoseconds(CreatedAt) ?? 0,
      versions: Versions.map {
        .init(
          number: $0.Number, created: Timestamp.nanoseconds($0.CreatedAt) ?? 0, size: $0.Size, fingerprint: $0.Fingerprint,
          damage: $0.Damage,
          usedBy: $0.UsedBy)
      }, usedBy: UsedBy)
  }
}
