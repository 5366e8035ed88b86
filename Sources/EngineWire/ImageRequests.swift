public import Backend

/// Answer of `DELETE /images/{name}`.
public struct RemovedImages: Sendable, Codable, Equatable {
  /// The names and ids that are gone.
  public var removed: [String]
  public init(removed: [String]) { self.removed = removed }
}

/// Body of `POST /system/prune`.
public struct SystemPruneRequest: Sendable, Codable, Equatable {
  public var filter: PruneRequest
  /// Unnamed volumes too.
  public var volumes: Bool
  public init(filter: PruneRequest, volumes: Bool) {
    self.filter = filter
    self.volumes = volumes
  }
}
