/// What a backend makes of a container's files.
public protocol ContainerSnapshots: Sendable {
  /// Makes an image of what a container has become; returns it.
  func commit(_ request: CommitRequest) async throws -> ImageSummary
  /// Writes a container's root file system as a tar archive, piece by piece.
  func exportContainer(_ container: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws
  /// In what a container's root file system differs from its image, sorted by path.
  func changes(of container: String) async throws -> [FileChange]
}

/// A container that is to become an image.
public struct CommitRequest: Sendable, Codable, Equatable {
  /// A name, an id or the unique beginning of one.
  public var container: String
  public var reference: String?
  public var author: String?
  public var message: String?
  /// Instructions of a Dockerfile: `CMD ["nginx"]`, `ENV A=b`.
  public var changes: [String]
  /// Its processes stand still meanwhile.
  public var pauses: Bool
  public init(
    container: String, reference: String? = nil, author: String? = nil, message: String? = nil, changes: [String] = [], pauses: Bool = true
  ) {
    self.container = container
    self.reference = reference
    self.author = author
    self.message = message
    self.changes = changes
    self.pauses = pauses
  }
}

/// A path at which a container's files are not its image's. Kinds are Docker's numbers: 0 changed, 1 added, 2 deleted.
public struct FileChange: Sendable, Codable, Equatable {
  public enum ChangeKind: Int, Sendable, Codable {
    case changed, added, deleted
    public var letter: String { ["C", "A", "D"][rawValue] }
  }
  public var Path: String
  public var Kind: ChangeKind
  public init(path: String, kind: ChangeKind) {
    Path = path
    Kind = kind
  }
}
