/// What `config` is asked to leave undone.
public struct ConfigOptions: Sendable {
  /// False, `--no-normalize`: without what follows from what is written, as the default network and full names.
  public var normalizes: Bool
  /// False, `--no-path-resolution`: paths as they are written.
  public var resolvesPaths: Bool
  /// False, `--no-env-resolution`: `env_file` and variables that are only named as they are written.
  public var resolvesEnvironment: Bool

  public init(normalizes: Bool = true, resolvesPaths: Bool = true, resolvesEnvironment: Bool = true) {
    self.normalizes = normalizes
    self.resolvesPaths = resolvesPaths
    self.resolvesEnvironment = resolvesEnvironment
  }
}
