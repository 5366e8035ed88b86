import Backend
import LinuxKit
import Reconciler
import StackModel

extension Container {
  /// Waits until the container meets the condition and returns Compose's word for it; an `EngineError` when it cannot any more.
  func wait(until condition: Dependency.Condition) async throws -> String {
    while true {
      try Task.checkCancellation()
      if let word = try met(condition) { return word }
      let left = running == nil ? nil : unsettled
      await nextChange(before: left.map { ContinuousClock.now + $0 })
    }
  }

  /// How long it must still run until it counts as started, and not as one that ends at once; nil: it does. Compose looks twice a second.
  private var unsettled: Duration? {
    let left = 500_000_000 - (WallClock.nanoseconds() - (record.startedAt ?? 0))
    // A clock that was set back asks for nothing.
    return (1...500_000_000).contains(left) ? .nanoseconds(left) : nil
  }

  private func met(_ condition: Dependency.Condition) throws -> String? {
    let isUp = record.state == .running
    let isComing = record.state == .restarting || record.state == .created
    switch condition {
    case .started:
      // `up --wait`: running, healthy where there is a check; one that did its work and ended is as good.
      if isUp, health != nil { return try met(.healthy) }
      if isUp { return unsettled == nil ? "Started" : nil }
      if isComing, record.restart.count < 3 { return nil }
      if record.exitCode == 0, !record.wasStopped { return "Exited" }
      throw EngineError(
        .unavailable, subject: spec.service.rawValue, "the container \(spec.name) exited (\(record.exitCode ?? 0))", hint: logsHint)
    case .healthy:
      guard isUp else {
        if isComing { return nil }
        throw EngineError(
          .unavailable, subject: spec.service.rawValue, "the container \(spec.name) exited (\(record.exitCode ?? 0)) before it was healthy",
          hint: logsHint)
      }
      switch health?.state {
      case .healthy: return "Healthy"
      case .starting: return nil
      case .unhealthy:
        throw EngineError(.unavailable, subject: spec.service.rawValue, "the container \(spec.name) is unhealthy", hint: logsHint)
      case nil:
        throw EngineError(
          .invalid, subject: spec.service.rawValue, "the container \(spec.name) has no healthcheck",
          hint: "give the service a healthcheck, or wait for service_started")
      }
    case .completed:
      guard record.state == .exited || record.state == .dead, let code = record.exitCode else { return nil }
      guard code == 0 else {
        throw EngineError(
          .unavailable, subject: spec.service.rawValue, "the container \(spec.name) did not complete successfully: exit \(code)",
          hint: logsHint)
      }
      return "Exited"
    }
  }

  private var logsHint: String { "see: muster -p \(spec.project) logs \(spec.service)" }

  /// Waits until the first process is gone, at most until the deadline; false when it is still there.
  func waitUntilEnded(before deadline: ContinuousClock.Instant?) async -> Bool {
    while running != nil {
      if let deadline, ContinuousClock.now >= deadline { return false }
      await nextChange(before: deadline)
      if Task.isCancelled, deadline == nil { return running == nil }
    }
    return true
  }
}
