/// Why a container cannot be what its specification asks for. Starts with the Compose key that is wrong.
public struct SetupError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence: what was asked, what is wrong with it.
  public var message: String
  /// What to do instead.
  public var hint: String?
  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
  public var description: String { hint.map { message + "; " + $0 } ?? message }
}
