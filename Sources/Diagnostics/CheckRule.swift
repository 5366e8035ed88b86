/// A rule that stack files are held against, by its stable code.
public struct CheckRule: Sendable, Codable, Hashable {
  /// `MU0601`.
  public var code: String
  /// `password-in-environment`.
  public var name: String
  public var severity: Diagnostic.Severity
  /// One sentence: why it matters.
  public var reason: String
  public init(code: String, name: String, severity: Diagnostic.Severity, reason: String) {
    self.code = code
    self.name = name
    self.severity = severity
    self.reason = reason
  }
}
