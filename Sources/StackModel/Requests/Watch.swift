/// One entry of `develop.watch`: what is done when files change.
public struct WatchRule: Sendable, Codable, Equatable {
  public enum Action: String, Sendable, Codable, CaseIterable {
    case rebuild, sync, restart
    case syncAndRestart = "sync+restart"
    case syncAndRun = "sync+exec"
  }
  /// Absolute path of the host.
  public var path: String
  public var action: Action
  /// Where synchronised files go in the container.
  public var target: String?
  /// Patterns in the syntax of `.dockerignore`.
  public var ignored: [String]
  public var included: [String]
  /// Synchronise once when watching starts.
  public var syncsInitially: Bool
  /// What `sync+exec` runs.
  public var command: Hook?
  public init(
    path: String, action: Action, target: String? = nil, ignored: [String] = [], included: [String] = [],
    syncsInitially: Bool = false, command: Hook? = nil
  ) {
    self.path = path
    self.action = action
    self.target = target
    self.ignored = ignored
    self.included = included
    self.syncsInitially = syncsInitially
    self.command = command
  }
}
