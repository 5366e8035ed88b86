public import Backend

/// Body of `POST /images/import`.
public struct ImportRequest: Sendable, Codable, Equatable {
  /// A file of the engine's machine, absolute.
  public var path: String
  /// nil: the names in the archive.
  public var reference: String?
  public init(path: String, reference: String?) {
    self.path = path
    self.reference = reference
  }
}

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
