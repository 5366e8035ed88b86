/// What a backend copies out of and into containers, running or not.
public protocol ContainerArchives: Sendable {
  /// What is at a path of a container. Nothing there: `notFound`.
  func status(of path: ContainerPath) async throws -> PathStatus
  /// Writes what is at a path, and in it, as a tar archive, piece by piece; its names begin with the path's last one.
  func readArchive(_ path: ContainerPath, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws
  /// Extracts a tar archive, perhaps compressed, in a directory of a container. Returns what was left out. What does not arrive whole is not begun.
  func writeArchive(
    _ path: ContainerPath, _ options: ArchiveOptions, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String]
}

/// A place in a container.
public struct ContainerPath: Sendable, Codable, Equatable {
  /// A name, an id or the unique beginning of one.
  public var container: String
  /// From the container's root, a leading slash or not.
  public var path: String
  /// Of a symbolic link, what it leads to.
  public var followsLink: Bool
  public init(container: String, path: String, followsLink: Bool = false) {
    self.container = container
    self.path = path
    self.followsLink = followsLink
  }
}

/// How an archive is extracted.
public struct ArchiveOptions: Sendable, Codable, Equatable {
  /// Files and directories do not take each other's place: that is an error.
  public var keepsKinds: Bool
  /// A file `.wh.NAME` means that NAME goes, with all that is in it (the deletions of an OCI image layer).
  public var appliesWhiteouts: Bool
  /// Files belong to whom the directory belongs to, and not to whom the archive says.
  public var takesOwner: Bool
  public init(keepsKinds: Bool = true, appliesWhiteouts: Bool = false, takesOwner: Bool = false) {
    self.keepsKinds = keepsKinds
    self.appliesWhiteouts = appliesWhiteouts
    self.takesOwner = takesOwner
  }
}

/// What is at a path of a container: Docker's `X-Docker-Container-Path-Stat`.
public struct PathStatus: Sendable, Codable, Equatable {
  public var name: String
  public var size: Int64
  /// Go's `os.FileMode`.
  public var mode: UInt32
  /// RFC 3339.
  public var mtime: String
  /// Where a symbolic link leads, from the container's root; else empty.
  public var linkTarget: String
  public init(name: String, size: Int64, mode: UInt32, mtime: String, linkTarget: String) {
    self.name = name
    self.size = size
    self.mode = mode
    self.mtime = mtime
    self.linkTarget = linkTarget
  }

  public var isDirectory: Bool { mode & 1 << 31 != 0 }
  public var isSymlink: Bool { mode & 1 << 27 != 0 }
  /// Neither file nor directory nor link.
  public var isSpecial: Bool { mode & (1 << 26 | 1 << 25 | 1 << 24 | 1 << 21) != 0 }
}
