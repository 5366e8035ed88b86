public import StackModel

/// Decides whether and when a container that ended is started again. Docker's rule: 100 ms, doubled each time up to a minute, back to
/// 100 ms after a run of ten seconds.
public struct RestartMachine: Sendable, Equatable, Codable {
  /// Restarts since it was last started by a person.
  public private(set) var count = 0
  private var delayMilliseconds: Int64 = 0

  public init() {}

  /// The delay before the next start, or nil when it stays down. `wasStopped`: a person or a plan ended it.
  public mutating func ended(policy: RestartPolicy, exitCode: Int32, ran: Duration, wasStopped: Bool) -> Duration? {
    guard !wasStopped else { return nil }
    switch policy {
    case .no: return nil
    case .always, .unlessStopped: break
    case .onFailure(let maximum):
      guard exitCode != 0 else { return nil }
      if let maximum, maximum > 0, count >= maximum { return nil }
    }
    delayMilliseconds = ran >= .seconds(10) || delayMilliseconds == 0 ? 100 : min(delayMilliseconds * 2, 60_000)
    count += 1
    return .milliseconds(delayMilliseconds)
  }
}
