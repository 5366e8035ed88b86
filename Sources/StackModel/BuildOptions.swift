/// What `build` says beyond the first fields of ``BuildSpec``; empty stands for "not said".
public struct BuildOptions: Sendable, Codable, Equatable {
  /// `additional_contexts`: directories, git repositories, images and services' images, by the names that `FROM` and `--from` use.
  public var contexts: [String: BuildSource] = [:]
  /// `secrets`: what `RUN --mount=type=secret` may have, by id. Their contents are no part of this.
  public var secrets: [String: FileGrant] = [:]
  /// `no_cache_filter`: stages, by name or number.
  public var uncachedStages: [String] = []
  public var shmSize: ByteCount?
  public var ulimits: [String: Ulimit] = [:]
  /// `ssh`: the sockets of the agents that `RUN --mount=type=ssh` reaches, by id, as absolute paths; empty: one is asked for, and whoever builds has none.
  public var agents: [String: String]?
  public init() {}
}
