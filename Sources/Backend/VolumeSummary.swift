public import StackModel

/// A volume of a project, as somebody wants to know it who may remove it.
public struct VolumeSummary: Sendable, Codable, Equatable {
  public var name: VolumeName
  /// Bytes on the disk; nil: not known.
  public var size: Int64?
  /// Nanoseconds since 1970.
  public var createdAt: Int64
  /// Of one container alone, without a name of the user's.
  public var isAnonymous: Bool
  public init(name: VolumeName, size: Int64?, createdAt: Int64, isAnonymous: Bool) {
    self.name = name
    self.size = size
    self.createdAt = createdAt
    self.isAnonymous = isAnonymous
  }
}
