/// Why an image was not built, where no place in a Dockerfile is to blame (that is ``DockerfileError``).
public struct BuildError: Error, Sendable, Equatable, CustomStringConvertible {
  public var message: String
  public var hint: String?
  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
  public var description: String { message + (hint.map { " (\($0))" } ?? "") }
}
