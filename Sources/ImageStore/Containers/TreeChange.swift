/// A path at which a container's files are not its image's.
public struct TreeChange: Sendable, Equatable {
  public enum Kind: Sendable { case changed, added, deleted }
  /// Absolute.
  public var path: String
  public var kind: Kind
}
