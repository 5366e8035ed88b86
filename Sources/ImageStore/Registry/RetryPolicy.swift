/// How long a registry is waited for. The tests have shorter ones.
public struct RetryPolicy: Sendable {
  /// Tries of one request, the first included.
  public var tries = 4
  /// Tries of a layer that bring nothing new before it is given up; each that brings bytes starts the count anew.
  public var fruitlessTries = 8
  /// Before the second try; it doubles from try to try.
  public var firstDelay = Duration.milliseconds(250)
  public var longestDelay = Duration.seconds(15)
  /// The longest `Retry-After` that is obeyed; for a longer one the answer counts.
  public var longestRetryAfter = Duration.seconds(60)
  public var connectTimeout = Duration.seconds(15)
  /// Nothing at all comes.
  public var idleTimeout = Duration.seconds(60)
  /// For a whole answer that is no layer, and for the beginning of one that is.
  public var answerTimeout = Duration.seconds(60)
  /// A layer that brings less than this in `slowWindow` counts as broken off.
  public var slowBytes = 32_768
  public var slowWindow = Duration.seconds(30)
  public init() {}

  /// Before try number `next`, from 2 on.
  func delay(before next: Int) -> Duration {
    var delay = firstDelay
    for _ in 0..<max(0, min(next - 2, 20)) { delay = min(delay * 2, longestDelay) }
    return min(delay, longestDelay)
  }
}
