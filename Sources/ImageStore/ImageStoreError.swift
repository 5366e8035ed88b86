/// Why the image store did not do what was asked.
public enum ImageStoreError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No image of that name or id.
  case notFound(String)
  /// More than one image's id starts with these digits.
  case ambiguous(String)
  /// The image is used, or has more names; `force` would help.
  case conflict(String)
  /// The file or archive is not what it should be.
  case invalid(String)
  /// The machine said no.
  case system(String)

  public var description: String {
    switch self {
    case .notFound(let name): "no such image: \(name)"
    case .ambiguous(let prefix): "more than one image's id starts with \(prefix)"
    case .conflict(let text), .invalid(let text), .system(let text): text
    }
  }
}
