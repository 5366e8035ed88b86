/// When an image that is here is pulled again by itself (`pull_policy`).
public enum PullRefresh: Sendable, Codable, Equatable {
  /// `daily`, `weekly`, `every_12h`: when the last pull is longer ago. `refresh` with `pull_refresh_after: 12h` is the same.
  case olderThan(Timespan)
  /// `refresh` alone.
  case whenStale
}

/// `credential_spec`: where a Windows container's account comes from; one of the three.
public enum CredentialSpec: Sendable, Codable, Equatable {
  /// A key of the stack's `configs`.
  case config(ConfigName)
  /// `file://NAME` below the engine's own directory.
  case file(String)
  /// `registry://NAME` in the Windows registry.
  case registry(String)
}
