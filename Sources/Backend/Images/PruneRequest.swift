/// What is to be removed because nothing needs it, with Docker's filters.
public struct PruneRequest: Sendable, Codable, Equatable {
  /// Images that have names too, when no container stands on them.
  public var all: Bool
  /// Only what was made before; nanoseconds since 1970.
  public var until: Int64?
  /// `KEY` or `KEY=VALUE`: all of them.
  public var labels: [String]
  /// None of them.
  public var notLabels: [String]
  public init(all: Bool = false, until: Int64? = nil, labels: [String] = [], notLabels: [String] = []) {
    self.all = all
    self.until = until
    self.labels = labels
    self.notLabels = notLabels
  }

  /// Whether something of these labels, made at that time, is meant.
  public func matches(labels found: [String: String], created: Int64?) -> Bool {
    if let until, created ?? 0 >= until { return false }
    return labels.allSatisfy(found.has(label:)) && !notLabels.contains(where: found.has(label:))
  }
}

/// What was removed.
public struct PruneReport: Sendable, Codable, Equatable {
  /// `untagged: web:1`, `deleted: sha256:…`.
  public var images: [String] = []
  public var containers: [String] = []
  public var networks: [String] = []
  public var volumes: [String] = []
  /// Of builds, for the next build.
  public var cache: [String] = []
  /// Bytes.
  public var reclaimed: Int64 = 0
  public init() {}
}
