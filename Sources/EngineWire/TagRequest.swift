/// Body of `POST /images/tag`.
public struct TagRequest: Sendable, Codable, Equatable {
  /// A name or an id.
  public var source: String
  public var reference: String
  public init(source: String, reference: String) {
    self.source = source
    self.reference = reference
  }
}
