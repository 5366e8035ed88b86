import Backend
import Reconciler
import StackModel

// What a job depends on must be as its `depends_on` says when a run begins: a run waits a minute for it and then fails with that reason. It starts
// no service: that is for `up` and for restart policies. Another job's run it waits for however long that takes, and somebody who asks for a run asks for
// those of the jobs that it depends on as well.

extension LocalBackend {
  /// `askedAt`: when somebody asked for the run; nil: it was due.
  func waitForNeeds(of job: Job, _ project: ProjectName, askedAt: Int64?) async throws {
    let needs = job.definition.dependsOn.sorted(by: { $0.key < $1.key })
    // Jobs first, which may take long: what is true of services is to be true when the run begins.
    let jobNames = Set((await catalog.stack(project)?.stack.jobs ?? [:]).keys.map(\.service))
    for (name, dependency) in needs where jobNames.contains(name) {
      do {
        try await jobs.waitForSuccess(JobScheduler.Key(project: project, name: JobName(name.rawValue)), askedAt: askedAt)
      } catch let error as EngineError {
        if dependency.isRequired { throw error }
      }
    }
    let deadline = ContinuousClock.now.advanced(by: Self.patience)
    for (name, dependency) in needs where !jobNames.contains(name) {
      while let problem = await problem(with: name, dependency.condition, project) {
        try Task.checkCancellation()
        guard dependency.isRequired else { break }
        guard ContinuousClock.now < deadline, !problem.isFinal else {
          throw EngineError(
            .unavailable, "\(name), which it depends on, \(problem.text)", hint: "see: muster -p \(project) ps --all")
        }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  private struct Problem {
    var text: String
    /// Waiting does not help.
    var isFinal = false
  }

  /// What a service lacks that a job needs; nil: nothing. One of its containers is enough.
  private func problem(with service: ServiceName, _ condition: Dependency.Condition, _ project: ProjectName) async -> Problem? {
    var found: Problem?
    for container in await containers.all(project) where container.spec.service == service && !container.spec.isOneOff {
      let observed = await container.observed
      let isRunning = observed.state == .running
      switch condition {
      case .started:
        if isRunning { return nil }
        found = Problem(text: "is not running (\(observed.state.rawValue))")
      case .healthy:
        if isRunning, observed.health == .healthy { return nil }
        found =
          isRunning && observed.health == nil
          ? Problem(text: "has no healthcheck", isFinal: true)
          : Problem(text: isRunning ? "is \(observed.health?.rawValue ?? "starting")" : "is not running (\(observed.state.rawValue))")
      case .completed:
        if observed.state == .exited, observed.exitCode == 0 { return nil }
        let code = observed.exitCode ?? 0
        found =
          observed.state == .exited
          ? Problem(text: "did not complete successfully: exit \(code)", isFinal: true) : Problem(text: "has not completed")
      }
    }
    return found ?? Problem(text: "has no container", isFinal: true)
  }
}
