public import StackModel

/// What the stack files say, ready for the engine and for `config`.
public struct LoadedStack: Sendable {
  /// The desired state. Empty when the request does not interpolate.
  public var stack: Stack
  /// The contents of secrets and configs that come from variables, keyed `secrets.NAME`, `configs.NAME`. Never in `stack`.
  public var values: [String: String]
  /// The active profiles, sorted.
  public var profiles: [String]
  /// The variables that interpolation saw: the shell's over the `.env` files'.
  public var environment: [String: String]
  /// The merged files, for rendering.
  var model: Node
  /// ``stack``, or as much of it as could be read with variables still in the values.
  var decoded: Stack
  /// False: variables are still in the values.
  var interpolates: Bool
  /// ``environment`` with where each comes from.
  var variables: Variables
  /// Where variables are used.
  var uses: [VariableUse]
  /// The merged files before the environment's files and variables are put into the services.
  var merged: Node
}
