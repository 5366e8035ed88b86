/// `x-muster.update`: what the engine does by itself when a service's image tag stands for another image in its registry.
public struct ImageUpdates: Sendable, Codable, Hashable {
  public enum Policy: String, Sendable, Codable, CaseIterable {
    /// Nothing: a person asks by `muster update`.
    case manual
    /// It is told.
    case notify
    /// The image is fetched and the containers are replaced, as `deploy.update_config` says.
    case auto
  }
  public var policy: Policy
  /// Between two looks at the registry, as it is written.
  public var interval: Timespan
  /// The same, from a minute to a year.
  public var pause: Timespan { min(max(interval, Self.shortestInterval), .seconds(366 * 86_400)) }

  /// A day.
  public static let usualInterval = Timespan.seconds(86_400)
  /// Registries count who asks.
  public static let shortestInterval = Timespan.seconds(60)

  public init(_ policy: Policy, every interval: Timespan = usualInterval) {
    self.policy = policy
    self.interval = interval
  }
}
