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
  /// The way that led to the place, nearest first: where a variable was set, which file included or extended this one.
  public var notes: [Note]
  /// Set when a value is right and what carries the stack out cannot do quite that.
  public var finding: Finding?
  /// Set when it is known what to write instead.
  public var fix: Fix?
  public init(
    code: String, severity: Severity, range: SourceRange?, message: String, hint: String? = nil, excerpt: String? = nil,
    notes: [Note] = [], finding: Finding? = nil, fix: Fix? = nil
  ) {
    self.code = code
    self.severity = severity
    self.range = range
    self.message = message
    self.hint = hint
    self.excerpt = excerpt
    self.notes = notes
    self.finding = finding
    self.fix = fix
  }

  /// A step of the way to a place: `the variable PORT is set here`.
  public struct Note: Sendable, Codable, Hashable {
    public var message: String
    public var range: SourceRange?
    public init(_ message: String, at range: SourceRange? = nil) {
      self.message = message
      self.range = range
    }
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
