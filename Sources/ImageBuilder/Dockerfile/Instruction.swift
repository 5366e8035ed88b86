public import Diagnostics

/// One instruction, checked for its form but with its variables not yet expanded.
public struct Instruction: Sendable, Equatable {
  public var keyword: Keyword
  /// From the keyword to the end of the logical line.
  public var range: SourceRange
  public var flags: [Flag]
  public var body: Body
  public var heredocs: [Heredoc]
  /// The instruction on one line, for progress and history.
  public var text: String

  /// `--name=value`.
  public struct Flag: Sendable, Equatable {
    public var name: String
    public var value: String
    public var range: SourceRange
  }

  /// A here-document: its name, whether `$` in it is the builder's to expand, and its lines.
  public struct Heredoc: Sendable, Equatable {
    public var name: String
    public var isExpanded: Bool
    public var content: String
  }

  /// What follows the keyword and the flags.
  public enum Body: Sendable, Equatable {
    case from(image: String, stage: String?)
    /// RUN, CMD, ENTRYPOINT.
    case command(Command)
    /// ENV, LABEL: names with values; ARG: a value may be missing.
    case pairs([Pair])
    /// COPY, ADD, EXPOSE, VOLUME.
    case words([String])
    /// USER, WORKDIR, STOPSIGNAL, MAINTAINER.
    case text(String)
    case health(Command?)
    case shell([String])
    /// The instruction to run in images built from this one.
    case onBuild(String)
  }

  public struct Pair: Sendable, Equatable {
    public var name: String
    public var value: String?
  }

  func flag(_ name: String) -> Flag? { flags.first { $0.name == name } }

  /// Whether a flag that is true or false is true.
  func isSet(_ name: String) -> Bool { flag(name)?.value == "true" }

  /// What `--from` and the `from=` of mounts name.
  var sourceNames: [String] {
    flags.compactMap { flag in
      if flag.name == "from" { return flag.value }
      guard flag.name == "mount" else { return nil }
      return flag.value.split(separator: ",").first { $0.hasPrefix("from=") }.map { String($0.dropFirst(5)) }
    }
  }
}

/// A command line, as text for the shell or as its arguments.
public enum Command: Sendable, Equatable {
  case shell(String)
  case exec([String])
}
