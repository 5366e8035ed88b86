public import Diagnostics

/// What was found in a Dockerfile without building anything (`build --check`).
public struct BuildCheck: Sendable, Codable, Equatable {
  public struct Warning: Sendable, Codable, Equatable {
    /// BuildKit's name of the rule: `StageNameCasing`.
    public var rule: String
    /// Where the rule is described.
    public var url: String
    /// What was found.
    public var detail: String
    /// The instruction's lines.
    public var range: SourceRange
    public init(rule: String, url: String, detail: String, range: SourceRange) {
      self.rule = rule
      self.url = url
      self.detail = detail
      self.range = range
    }
  }
  /// In the order of their lines.
  public var warnings: [Warning]
  /// Why the Dockerfile cannot be built at all; nil: it can, as far as it tells.
  public var problem: String?
  /// The Dockerfile's lines.
  public var lines: [String]
  public init(warnings: [Warning] = [], problem: String? = nil, lines: [String] = []) {
    self.warnings = warnings
    self.problem = problem
    self.lines = lines
  }
}
