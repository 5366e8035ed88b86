public import OCI
public import Reconciler
public import StackModel

/// A healthcheck with every default filled in.
public struct HealthPolicy: Sendable, Equatable {
  /// `CMD arg…` or `CMD-SHELL text`.
  public var test: [String]
  public var interval: Duration
  public var timeout: Duration
  public var startPeriod: Duration
  /// nil: not asked for; the engine then probes early and ever more slowly until the first success.
  public var startInterval: Duration?
  public var retries: Int

  /// The service's check over the image's; nil when neither has one or it is `NONE`. Defaults are Docker's: 30 s, 30 s, 0 s, 3.
  public init?(service: Healthcheck?, image: ImageConfig.Health?) {
    let test = service?.test ?? image?.test ?? []
    guard let kind = test.first, kind != "NONE", test.count > 1 else { return nil }
    self.test = test
    func pick(_ own: Timespan?, _ inherited: Int64?) -> Duration? {
      if let own, own.nanoseconds > 0 { return own.duration }
      if let inherited, inherited > 0 { return .nanoseconds(inherited) }
      return nil
    }
    interval = pick(service?.interval, image?.interval) ?? .seconds(30)
    timeout = pick(service?.timeout, image?.timeout) ?? .seconds(30)
    startPeriod = pick(service?.startPeriod, image?.startPeriod) ?? .zero
    startInterval = pick(service?.startInterval, image?.startInterval)
    retries = service?.retries ?? image?.retries.flatMap { $0 > 0 ? $0 : nil } ?? 3
  }
}

/// Decides, from probe results and times, what a container's health is and when to look again. Knows no clock: time since start is an argument.
///
/// As Docker's: the first success makes it healthy and ends the start period; failures count only after the start period, and `retries` of
/// them in a row make it unhealthy. Beyond Docker's: until the first success it is probed early (250 ms, then twice as long each time, up to
/// the interval), and a failure before the first interval has passed does not count, so that `up --wait` need not wait for nothing.
public struct HealthMachine: Sendable, Equatable {
  public private(set) var state = HealthState.starting
  /// Failures in a row.
  public private(set) var failures = 0
  private let policy: HealthPolicy
  private var early: Duration = .milliseconds(250)
  private var hasSucceeded = false

  public init(policy: HealthPolicy) { self.policy = policy }

  /// How long to wait before the next probe.
  public mutating func delay(sinceStart: Duration) -> Duration {
    if hasSucceeded || failures > 0 { return policy.interval }
    if let interval = policy.startInterval, sinceStart < policy.startPeriod { return min(interval, policy.interval) }
    defer { early = early * 2 }
    return min(early, policy.interval)
  }

  /// Takes a probe's result; `sinceStart` is when the probe began. Returns the new state when it changed.
  public mutating func record(success: Bool, sinceStart: Duration) -> HealthState? {
    let before = state
    if success {
      hasSucceeded = true
      failures = 0
      state = .healthy
    } else if hasSucceeded || sinceStart >= max(policy.startPeriod, min(policy.interval, .seconds(30))) {
      failures += 1
      if failures >= policy.retries { state = .unhealthy }
    }
    return state == before ? nil : state
  }
}
