public import Diagnostics

/// Where a variable's values come from, what they hide, and where they are used: `muster config --explain NAME`.
public struct Explanation: Sendable, Equatable {
  /// One of several values, the strongest of which counts.
  public struct Definition: Sendable, Equatable {
    public enum Origin: Sendable, Equatable {
      /// The environment of whoever runs the command.
      case shell
      /// `.env` and `--env-file`s.
      case file(SourceRange)
      case projectName
      /// A service's `environment`.
      case service(SourceRange)
      /// A service's `env_file`.
      case serviceFile(SourceRange)
    }
    /// nil when nothing is set, `***` when it is or may be a secret.
    public var value: String?
    public var origin: Origin
  }
  /// A `${NAME}` in a stack file.
  public struct Use: Sendable, Equatable {
    public enum Outcome: String, Sendable {
      case value
      /// What is written after `-`.
      case fallback = "default"
      /// What is written after `+`.
      case alternative
      case nothing
      case missing
    }
    public var place: SourceRange
    public var outcome: Outcome
    /// Set when an included stack has a value of its own.
    public var definition: Definition?
  }
  /// What a service's containers get.
  public struct Container: Sendable, Equatable {
    public var service: String
    /// The strongest first. The image's own value, below all of them, is not known here.
    public var definitions: [Definition]
  }

  public var name: String
  /// The values are not shown.
  public var isSecret: Bool
  /// What stack files see, the strongest first; empty: it is not set.
  public var definitions: [Definition]
  public var uses: [Use]
  public var containers: [Container]
}
