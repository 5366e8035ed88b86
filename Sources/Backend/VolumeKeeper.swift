/// Keeps volumes: the verbs of `docker volume`.
public protocol VolumeKeeper: Sendable {
  /// All volumes, by name.
  func volumes() async throws -> [VolumeDetail]
  /// Makes one; one of that name that is there is left as it is.
  func createVolume(_ creation: VolumeCreation) async throws -> VolumeDetail
  /// Removes one with its data; refused (`conflict`) while a container has it.
  func removeVolume(named name: String) async throws
  /// Removes those that no container has; only anonymous ones, unless all are asked for.
  func pruneVolumes(_ request: PruneRequest) async throws -> PruneReport
  /// Writes what is in one as a tar archive, piece by piece, owners and modes included, those of the volume's root too.
  func exportVolume(named name: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws
  /// Fills one from a tar archive, perhaps compressed: all at once when it has been read to its end, or not at all. One that is not there is made; one
  /// that holds something is refused (`conflict`), or with `replaces` gets this instead. Returns what was left out.
  func importVolume(named name: String, replaces: Bool, _ pieces: AsyncThrowingStream<[UInt8], any Error>) async throws -> [String]
  /// Makes a volume that holds what another one does.
  func snapshotVolume(named name: String, _ snapshot: VolumeSnapshot) async throws -> VolumeDetail
}

/// A copy of a volume that is to be made.
public struct VolumeSnapshot: Sendable, Codable, Equatable {
  /// The new volume's; nil: the old one's with the time.
  public var name: String?
  /// Containers that have the volume stand still meanwhile.
  public var pauses: Bool
  public init(name: String? = nil, pauses: Bool = true) {
    self.name = name
    self.pauses = pauses
  }
}

/// A volume that is to be made.
public struct VolumeCreation: Sendable, Codable, Equatable {
  /// nil: the engine chooses one.
  public var name: String?
  public var labels: [String: String]
  /// What is mounted as the volume: `type`, `device`, `o`; nil: nothing.
  public var options: [String: String]?
  public init(name: String?, labels: [String: String] = [:], options: [String: String]? = nil) {
    self.name = name
    self.labels = labels
    self.options = options
  }
}

/// A volume, under Docker's names.
public struct VolumeDetail: Sendable, Codable, Equatable {
  /// RFC 3339.
  public var CreatedAt: String
  public var Driver = "local"
  public var Labels: [String: String]
  public var Mountpoint: String
  public var Name: String
  public var Options: [String: String] = [:]
  public var Scope = "local"
  /// Made for one container, without a name of the user's.
  public var Anonymous: Bool
  /// Containers that have it.
  public var Containers: [String]
  public init(
    name: String, createdAt: String, labels: [String: String], mountpoint: String, options: [String: String] = [:], isAnonymous: Bool,
    containers: [String]
  ) {
    Name = name
    Options = options
    CreatedAt = createdAt
    Labels = labels
    Mountpoint = mountpoint
    Anonymous = isAnonymous
    Containers = containers
  }
}
