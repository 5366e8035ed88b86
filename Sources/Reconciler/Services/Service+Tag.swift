import OCI
public import StackModel

extension Service {
  /// Whether its image is one that its registry may have another of by the same name: not built here, and not named by a digest or an id.
  public var followsTag: Bool {
    build == nil && Digest(image) == nil && (try? ImageReference(image)).map { $0.digest == nil } ?? false
  }
}
