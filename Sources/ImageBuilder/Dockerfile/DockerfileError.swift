public import Diagnostics

/// A Dockerfile that cannot be built as written: where, what was found, what to do.
public struct DockerfileError: Error, Sendable, Equatable, CustomStringConvertible {
  public var range: SourceRange
  public var message: String
  public var hint: String?
  public init(_ range: SourceRange, _ message: String, hint: String? = nil) {
    self.range = range
    self.message = message
    self.hint = hint
  }
  /// `Dockerfile:3:1: unknown instruction RUM (did you mean RUN?)`.
  public var description: String { "\(range): \(message)" + (hint.map { " (\($0))" } ?? "") }
}
