public import StackModel

/// Decides whether and when a container that ended is started again. Docker's rule: 100 ms, doubled each time up to a minute, back to
/// 100 ms after a run of ten seconds. `deploy.restart_policy` may say otherwise.
public struct RestartMachine: Sendable, Equatable, Codable {
  /// Restarts since it was last started by a person.
  public private(set) var count = 0
  private var delayMilliseconds: Int64 = 0
  /// `count` when a run last was as long as the window; nil: never.
  private var countAtSuccess: Int?
  /// Restarts in a row because it was unhealthy, without its having been healthy in between; nil: none.
  private var unhealthyCount: Int?
  /// `deploy.restart_policy.delay` as it was last used; nil: Docker's.
  private var ownDelayMilliseconds: Int64?

  public init() {}

  /// The delay that was last decided.
  public var delay: Duration { .milliseconds(ownDelayMilliseconds ?? delayMilliseconds) }

  /// The delay before the next start, or nil when it stays down. `wasStopped`: a person or a plan ended it.
  public mutating func ended(
    policy: RestartPolicy, limits: RestartLimits? = nil, exitCode: Int32, ran: Duration, wasStopped: Bool
  ) -> Duration? {
    guard !wasStopped else { return nil }
    if let window = limits?.window, ran >= window.duration { countAtSuccess = count }
    let attempts = count - (countAtSuccess ?? 0)
    var maximum = limits?.maximum
    switch policy {
    case .no: return nil
    case .always, .unlessStopped: break
    case .onFailure(let own):
      guard exitCode != 0 else { return nil }
      maximum = own ?? maximum
    }
    if let maximum, maximum > 0, attempts >= maximum { return nil }
    delayMilliseconds = ran >= .seconds(10) || delayMilliseconds == 0 ? 100 : min(delayMilliseconds * 2, 60_000)
    count += 1
    ownDelayMilliseconds = limits?.delay.map {
      $0.duration.components.seconds * 1000 + $0.duration.components.attoseconds / 1_000_000_000_000_000
    }
    return delay
  }

  /// The delay before it is started again because it is unhealthy: a second, doubled each time up to a minute. nil: `maximum` times in a row are enough.
  public mutating func unhealthy(maximum: Int?) -> Duration? {
    let done = unhealthyCount ?? 0
    if let maximum, done >= maximum { return nil }
    unhealthyCount = done + 1
    count += 1
    delayMilliseconds = min(1000 << min(Int64(done), 6), 60_000)
    ownDelayMilliseconds = nil
    return delay
  }

  /// It is healthy: what comes next is counted anew.
  public mutating func becameHealthy() { unhealthyCount = nil }
}
