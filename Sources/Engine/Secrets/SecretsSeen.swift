import Backend
import Diagnostics
import Reconciler
import Synchronization

/// The values that this engine has handled, as far as it takes to recognise them: they are taken out of whatever it tells.
final class SecretsSeen: Sendable {
  private let redactor = Mutex(Redactor())

  func add(_ value: [UInt8]) { redactor.withLock { $0.add(value) } }

  func redact(_ text: String) -> String { redactor.withLock { $0 }.redact(text) }

  func redact(_ kind: Event.Kind) -> Event.Kind {
    switch kind {
    case .progress(var progress):
      progress.detail = progress.detail.map(redact)
      return .progress(progress)
    case .unchanged: return kind
    case .output(let subject, let line): return .output(subject: subject, line: redact(line))
    case .warning(let text): return .warning(redact(text))
    case .container(var change):
      change.labels = change.labels?.mapValues(redact)
      return .container(change)
    case .thing(var change):
      change.labels = change.labels?.mapValues(redact)
      return .thing(change)
    case .job(var change):
      switch change.what {
      case .started: break
      case .ended(let code, let outOfMemory, let reason):
        change.what = .ended(code: code, outOfMemory: outOfMemory, reason: reason.map(redact))
      case .skipped(let reason): change.what = .skipped(reason: redact(reason))
      case .missed(let reason): change.what = .missed(reason: redact(reason))
      }
      return .job(change)
    }
  }

  func redact(_ run: JobRun) -> JobRun {
    var run = run
    run.reason = run.reason.map(redact)
    return run
  }

  /// Whatever a backend throws.
  func redact(_ error: any Error) -> any Error {
    switch error {
    case let error as EngineError: redact(error)
    case is CancellationError: error
    default: EngineError(.internal, redact("\(error)"))
    }
  }

  func redact(_ error: EngineError) -> EngineError {
    var error = error
    error.subject = error.subject.map(redact)
    error.message = redact(error.message)
    error.hint = error.hint.map(redact)
    return error
  }

  func redact(_ plan: Plan) -> Plan {
    var plan = plan
    plan.notes = plan.notes.map(redact)
    for step in plan.steps.indices {
      plan.steps[step].reasons = plan.steps[step].reasons.map { reason in
        guard case .changed(let changes) = reason else { return reason }
        return .changed(changes.map { FieldChange(path: $0.path, old: $0.old.map(redact), new: $0.new.map(redact)) })
      }
    }
    return plan
  }

  /// What it is compared with is redacted too.
  func redact(_ expectation: PlanExpectation) -> PlanExpectation {
    var expectation = expectation
    for name in expectation.basis.asked.keys {
      guard let fields = expectation.basis.asked[name]?.fields else { continue }
      expectation.basis.asked[name]?.fields = fields.mapValues(redact)
    }
    expectation.effects = expectation.effects.map(redact)
    return expectation
  }

  func redact(_ report: Report) -> Report {
    var report = report
    report.plan = redact(report.plan)
    for index in report.failures.indices { report.failures[index].error = redact(report.failures[index].error) }
    return report
  }

  private func redact(_ shown: Shown) -> Shown {
    guard case .text(let text) = shown else { return shown }
    return .text(redact(text))
  }
}
