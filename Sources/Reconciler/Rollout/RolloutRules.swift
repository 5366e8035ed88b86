import StackModel

/// `update_config` or `rollback_config` with what holds where it says nothing: Swarm's defaults.
struct RolloutRules {
  var parallelism: Int
  var delay: Timespan?
  var failureAction: Rollout.FailureAction
  /// nil: until it is healthy where it has a check of health, else ``usualMonitor``.
  var monitor: Timespan?
  var maximumFailureRatio: Double
  var startsFirst: Bool
  var isRollback: Bool

  /// How long a container without a check of health is watched.
  static let usualMonitor = Timespan.seconds(5)

  /// nil: the file asks for none, and the service's containers are replaced all at once.
  init?(_ service: Service, isRollback: Bool) {
    let deployment = service.requests?.deployment
    // Taken back in the same way, unless told otherwise; what fails then stays where it is.
    guard let rollout = isRollback ? deployment?.rollback ?? deployment?.update : deployment?.update else { return nil }
    parallelism = rollout.parallelism ?? 1
    delay = rollout.delay.flatMap { $0.nanoseconds > 0 ? $0 : nil }
    let asked = rollout.failureAction ?? .pause
    failureAction = isRollback && asked == .rollback ? .pause : asked
    monitor = rollout.monitor
    maximumFailureRatio = rollout.maximumFailureRatio ?? 0
    startsFirst = rollout.order == .startFirst
    self.isRollback = isRollback
  }

  /// Cut into batches.
  func batches<Element>(_ elements: [Element]) -> [[Element]] {
    guard parallelism > 0 else { return elements.isEmpty ? [] : [elements] }
    return stride(from: 0, to: elements.count, by: parallelism).map { Array(elements[$0..<min($0 + parallelism, elements.count)]) }
  }

  /// How long a container is watched at least: nil with a check of health that says when it is well.
  func watch(hasHealthcheck: Bool) -> Timespan? { monitor ?? (hasHealthcheck ? nil : Self.usualMonitor) }
}
