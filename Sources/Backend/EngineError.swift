public import Diagnostics

/// An operation that failed: what, on what, why, and what to do. `code` alone decides the HTTP status and the exit status.
public struct EngineError: Error, Sendable, Codable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable, Codable {
    case notFound, conflict, invalid, unavailable, denied, timedOut, `internal`
  }
  public var code: Code
  /// `web`, `network shop_default`; nil when the message says it.
  public var subject: String?
  public var message: String
  public var hint: String?
  public var origin: SourceRange?
  public init(_ code: Code, subject: String? = nil, _ message: String, hint: String? = nil, origin: SourceRange? = nil) {
    self.code = code
    self.subject = subject
    self.message = message
    self.hint = hint
    self.origin = origin
  }
  /// `web: port 80/tcp is already in use by nginx (pid 812)`.
  public var description: String {
    var text = subject.map { "\($0): \(message)" } ?? message
    if let origin { text = "\(origin): \(text)" }
    return text
  }
}
