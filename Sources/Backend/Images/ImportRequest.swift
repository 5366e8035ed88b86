/// An image that is to be made of a file of this machine.
public struct ImportRequest: Sendable, Codable, Equatable {
  /// Absolute: a root file system's archive, or a saved image.
  public var path: String
  /// What the path stands for, where it is no name that says something; nil: the path.
  public var source: String?
  /// Its name; nil: the names in the archive.
  public var reference: String?
  /// Instructions of a Dockerfile that run nothing: `CMD ["nginx"]`. These and what follows are of root file systems only: a saved image has its own.
  public var changes: [String]?
  /// What was done; nil: where it is from.
  public var message: String?
  /// What it runs on: `linux/arm64`; nil: this machine's.
  public var platform: String?
  public init(
    path: String, source: String? = nil, reference: String?, changes: [String]? = nil, message: String? = nil, platform: String? = nil
  ) {
    self.path = path
    self.source = source
    self.reference = reference
    self.changes = changes
    self.message = message
    self.platform = platform
  }
}

extension Backend {
  /// Imports a root file system or a saved image as it is.
  public func importImage(path: String, reference: String?) async throws -> ImageSummary {
    try await importImage(ImportRequest(path: path, reference: reference))
  }
}
