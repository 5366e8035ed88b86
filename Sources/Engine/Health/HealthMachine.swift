import ContainerSetup
import Reconciler
import StackModel

/// Decides, from probe results and times, what a container's health is and when to look again. Knows no clock: time since start is an argument.
///
/// As Docker's: the first success makes it healthy and ends the start period; failures count only after the start period, and `retries` of
/// them in a row make it unhealthy. Beyond Docker's: until the first success it is probed early (250 ms, then twice as long each time, up to
/// `start_interval` in the start period and the interval after it), and a failure before the first interval has passed does not count, so that `up --wait` need not wait for nothing.
struct HealthMachine: Sendable, Equatable {
  private(set) var state = HealthState.starting
  /// Failures in a row.
  private(set) var failures = 0
  private let check: ResolvedHealthcheck
  private var early: Duration = .milliseconds(250)
  private var hasSucceeded = false

  init(_ check: ResolvedHealthcheck) { self.check = check }

  /// How long to wait before the next probe.
  mutating func delay(sinceStart: Duration) -> Duration {
    if hasSucceeded || failures > 0 { return check.interval.duration }
    let longest = (sinceStart < check.startPeriod.duration ? min(check.startInterval, check.interval) : check.interval).duration
    guard early < longest else { return longest }
    // No further: a start period can be long, and what is doubled for all of it is more than a duration can be.
    defer { early *= 2 }
    return early
  }

  /// Takes a probe's result; `sinceStart` is when the probe began. Returns the new state when it changed.
  mutating func record(success: Bool, sinceStart: Duration) -> HealthState? {
    let before = state
    if success {
      hasSucceeded = true
      failures = 0
      state = .healthy
    } else if hasSucceeded || sinceStart >= max(check.startPeriod, min(check.interval, .seconds(30))).duration {
      failures += 1
      if failures >= check.retries { state = .unhealthy }
    }
    return state == before ? nil : state
  }
}
