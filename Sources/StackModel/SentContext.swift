/// A build context that is no directory of this machine: what a command was given on its standard input.
public enum SentContext: Sendable, Codable, Equatable {
  /// There are no files.
  case nothing
  /// A tar archive, perhaps compressed: an absolute path.
  case archive(String)
}
