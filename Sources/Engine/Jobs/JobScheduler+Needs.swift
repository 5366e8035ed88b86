import Backend
import StackModel

extension JobScheduler {
  /// Returns when a job that another depends on has succeeded; throws with the reason when it has not.
  ///
  /// A run that goes on or waits is waited for, whoever wants it. Then, for a run that was due, the job's last run counts, as its own schedule has it. For
  /// one that somebody asked for, a run counts that was asked for since; where there is none, one is begun now. So what several of those need that are
  /// asked for at once runs once.
  func waitForSuccess(_ key: Key, askedAt: Int64?) async throws {
    let number = try await neededRun(key, askedAt: askedAt)
    while true {
      try Task.checkCancellation()
      let job = try needed(key)
      guard let run = job.runs.last(where: { $0.number == number }) else {
        throw EngineError(.unavailable, "\(key.name), which it depends on, has no run \(number) any more")
      }
      if run.state == .succeeded { return }
      if run.isOver {
        let reason = run.reason ?? run.exitCode.map { "exit \($0)" }
        throw EngineError(
          .unavailable,
          "\(key.name), which it depends on, did not succeed: run \(number) \(run.state.words)\(reason.map { " (\($0))" } ?? "")",
          hint: "see: muster -p \(key.project) job logs \(key.name) --run \(number)")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// The number of the run that counts.
  private func neededRun(_ key: Key, askedAt: Int64?) async throws -> Int {
    // Jobs of one stack are registered one after the other.
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while entries[key] == nil, .now < deadline { try await Task.sleep(for: .milliseconds(50)) }
    let runs = try needed(key).runs.filter(\.isRun)
    if let open = runs.last(where: { !$0.isOver }) { return open.number }
    guard let askedAt else {
      guard let last = runs.last else {
        throw EngineError(
          .unavailable, "\(key.name), which it depends on, has not run yet", hint: "run it: muster -p \(key.project) job run \(key.name)")
      }
      return last.number
    }
    if let since = runs.last(where: { $0.createdAt >= askedAt }) { return since.number }
    return try await ask(key, .dependency, askedAt: askedAt).number
  }

  private func needed(_ key: Key) throws(EngineError) -> Entry {
    if let entry = entries[key], !entry.isLeaving { return entry }
    throw EngineError(.unavailable, "\(key.name), which it depends on, is not there", hint: "bring it up: muster -p \(key.project) up")
  }
}

extension JobRun.State {
  /// As the end of a sentence that begins with the run.
  fileprivate var words: String {
    switch self {
    case .waiting: "waits"
    case .running: "goes on"
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .cancelled: "was cancelled"
    case .skipped: "was skipped"
    case .missed: "was missed"
    }
  }
}
