import Backend
import Reconciler
import StackModel

extension Container {
  /// Waits until the container meets the condition and returns Compose's word for it; an `EngineError` when it cannot any more.
  func wait(until condition: Dependency.Condition) async throws -> String {
    while true {
      try Task.checkCancellation()
      if let word = try met(condition) { return word }
      await nextChange()
    }
  }

  private func met(_ condition: Dependency.Condition) throws -> String? {
    let isUp = record.state == .running
    let isComing = record.state == .restarting || record.state == .created
    switch condition {
    case .started:
      // `up --wait`: running, healthy where there is a check; one that did its work and ended is as good.
      if isUp, health != nil { return try met(.healthy) }
      if isUp { return "Started" }
      if isComing { return nil }
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
