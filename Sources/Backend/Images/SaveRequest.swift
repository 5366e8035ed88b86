/// Images that are to be written as an archive or a directory.
public struct SaveRequest: Sendable, Codable, Equatable {
  public enum Format: String, Sendable, Codable, CaseIterable {
    case dockerArchive = "docker-archive"
    case ociArchive = "oci-archive"
  }
  /// Names or ids. A name without a tag is all of the repository's.
  public var names: [String]
  public var format: Format
  /// A directory of this machine, absolute, instead of an archive.
  public var directory: String?
  public init(names: [String], format: Format = .dockerArchive, directory: String? = nil) {
    self.names = names
    self.format = format
    self.directory = directory
  }
}

/// What was loaded.
public struct LoadedImages: Sendable, Codable, Equatable {
  public var images: [ImageSummary]
  /// What there is to tell beside, a sentence each.
  public var notes: [String]
  public init(images: [ImageSummary], notes: [String]) {
    self.images = images
    self.notes = notes
  }
}
