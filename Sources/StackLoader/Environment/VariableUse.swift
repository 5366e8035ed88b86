public import Diagnostics

/// A place in a stack file that names a variable.
public struct VariableUse: Sendable, Hashable {
  public var name: String
  var outcome: Template.Outcome
  public var range: SourceRange
  /// What it was there; nil: not set.
  var definition: Variable.Definition?
}
