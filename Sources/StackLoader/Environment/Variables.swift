public import Diagnostics

/// A variable: its value, where that was written, and what it hides.
public struct Variable: Sendable, Hashable {
  public enum Source: Sendable, Hashable {
    /// The environment of whoever runs the command.
    case shell
    case file(SourceRange)
    /// `COMPOSE_PROJECT_NAME`, which holds the project's name whatever gave it.
    case project
  }
  /// A value without what it hides in turn.
  public struct Definition: Sendable, Hashable {
    public var value: String
    public var source: Source
  }
  public var value: String
  public var source: Source
  /// What it would be without this definition, the strongest first.
  public var shadowed: [Definition] = []

  /// This one with `weaker` behind it.
  func over(_ weaker: Variable?) -> Variable {
    guard let weaker else { return self }
    var copy = self
    copy.shadowed += [Definition(value: weaker.value, source: weaker.source)] + weaker.shadowed
    return copy
  }
}

/// Variables that know where they come from.
struct Variables: Sendable {
  private(set) var all: [String: Variable] = [:]

  init() {}
  init(shell: [String: String]) { all = shell.mapValues { Variable(value: $0, source: .shell) } }

  subscript(name: String) -> String? { all[name]?.value }
  var values: [String: String] { all.mapValues(\.value) }

  /// Over what is there.
  mutating func set(_ name: String, _ value: String, from source: Variable.Source) {
    all[name] = Variable(value: value, source: source).over(all[name])
  }

  /// `weaker` below what is there.
  mutating func add(below weaker: Variables) { all.merge(weaker.all) { $0.over($1) } }

  /// `stronger` over what is there.
  mutating func add(over stronger: Variables) { all.merge(stronger.all) { $1.over($0) } }
}

extension Variable.Source {
  /// What led from the variable to a value, without the value, which may be a secret.
  func note(_ name: String) -> Diagnostic.Note {
    switch self {
    case .shell: Diagnostic.Note("the variable \(name) comes from the environment")
    case .file(let range): Diagnostic.Note("the variable \(name) is set here", at: range)
    case .project: Diagnostic.Note("the variable \(name) is the project's name")
    }
  }
}
