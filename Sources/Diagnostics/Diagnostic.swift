/// Something to tell about a user's file: what was found, where, and what to do.
public struct Diagnostic: Sendable, Codable, Hashable {
  public enum Severity: String, Sendable, Codable { case error, warning, note }
  /// A stable code, `MU0121`.
  public var code: String
  public var severity: Severity
  public var range: SourceRange?
  /// One sentence: what was found.
  public var message: String
  /// One sentence: what to do.
  public var hint: String?
  /// The line of the file where `range` starts, for showing it with the place marked.
  public var excerpt: String?
  public init(
    code: String, severity: Severity, range: SourceRange?, message: String, hint: String? = nil, excerpt: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.range = range
    self.message = message
    self.hint = hint
    self.excerpt = excerpt
  }
}

/// A value together with everything that was found on the way to it. No value: at least one diagnostic is an error.
public struct Diagnosed<Value: Sendable>: Sendable {
  public var value: Value?
  public var diagnostics: [Diagnostic]
  public init(value: Value?, diagnostics: [Diagnostic]) {
    self.value = value
    self.diagnostics = diagnostics
  }
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
