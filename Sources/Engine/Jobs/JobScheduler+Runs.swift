import Backend
import Reconciler
import StackModel
import StateStore

extension JobScheduler {
  /// Does what a machine has decided, and writes it down before anything begins.
  func carryOut(_ decisions: [JobMachine.Decision], _ key: Key) async {
    guard let engine else { return }
    var starting: [Int] = []
    var stopping: [Int] = []
    for decision in decisions {
      switch decision {
      case .start(let fire):
        if entries[key]?.runs.contains(where: { $0.number == fire.number }) != true { await note(run(fire, key, .waiting), key) }
        starting.append(fire.number)
      case .wait(let fire, let other):
        var run = run(fire, key, .waiting)
        run.reason = "waits until run \(other) has ended"
        await note(run, key)
      case .skip(let fire, let other): await skip(fire, because: other, key)
      case .miss(let fire, let count, let isMore, let first, let last):
        var run = run(fire, key, .missed)
        let times = isMore ? "more than \(count) runs were" : count == 1 ? "1 run was" : "\(count) runs were"
        let span = first == last ? text(first) : "\(text(first)) to \(text(last))"
        let reason = "\(times) due while no engine ran, the machine slept or its clock was set: \(span)"
        (run.reason, run.count) = (reason, count)
        await note(run, key)
        tell(.missed(reason: reason), run.number, key)
      case .stop(let numbers): stopping += numbers
      }
    }
    do {
      try await remember(key)
    } catch {
      engine.log.append(.warning("the job \(key.name) could not be written down: \(error)"), project: key.project)
    }
    for number in starting { begin(number, key) }
    // Which takes its grace period, in which other jobs go on.
    for number in stopping { Task { await self.stopRun(number, key) } }
  }

  private func run(_ fire: JobMachine.Fire, _ key: Key, _ state: JobRun.State) -> JobRun {
    var run = JobRun(
      project: key.project, job: key.name, number: fire.number, trigger: fire.trigger, state: state,
      scheduledAt: fire.scheduledAt.map { $0.multipliedReportingOverflow(by: 1_000_000_000).partialValue }, createdAt: clock.now())
    run.askedAt = fire.askedAt
    return run
  }

  /// One after the other is one entry of the history: a long run must not drive the runs before it out.
  private func skip(_ fire: JobMachine.Fire, because other: Int, _ key: Key) async {
    var run = run(fire, key, .skipped)
    run.reason = other < fire.number ? "run \(other) was not over" : "run \(other) was to take its place"
    if let waiting = entries[key]?.runs.last(where: { $0.number == fire.number }) {
      // It was in line.
      run.createdAt = waiting.createdAt
    } else if let last = entries[key]?.runs.last, last.state == .skipped, last.reason == run.reason {
      run.number = last.number
      run.count = last.count + 1
      run.createdAt = last.createdAt
    }
    run.finishedAt = clock.now()
    await note(run, key)
    tell(.skipped(reason: run.reason ?? ""), run.number, key)
  }

  private func text(_ seconds: Int64) -> String {
    String(Timestamp.text(seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue).prefix(16)) + "Z"
  }

  // MARK: A run

  /// Brings a run from its beginning to its end, in a task of its own.
  func begin(_ number: Int, _ key: Key) {
    guard let engine, let entry = entries[key], !entry.isLeaving else { return }
    let job = entry.row.job
    let askedAt = entry.runs.last { $0.number == number }?.askedAt
    entries[key]?.tasks[number] = Task {
      let end: JobEnd
      do {
        let container = try await engine.beginRun(key.project, key.name, number, job, askedAt: askedAt) { container in
          await self.wasMade(container, number, key)
        }
        guard await hasBegun(container, number, key) else {
          try? await engine.remove(container.id, volumes: true)
          throw CancellationError()
        }
        // It was cancelled when it was made and did not run yet.
        if isCancelled(number, key) { try? await container.stop(grace: nil) }
        end = try await engine.end(of: container)
      } catch is CancellationError {
        return await gaveUp(number, key)
      } catch {
        end = JobEnd(failure: error)
      }
      await self.finish(end, number, key)
    }
  }

  /// Waits for a run that an earlier engine began.
  func follow(_ container: Container, _ number: Int, _ key: Key) {
    guard let engine else { return }
    entries[key]?.tasks[number] = Task {
      if entries[key]?.runs.last(where: { $0.number == number })?.state == .waiting { _ = await hasBegun(container, number, key) }
      guard let end = try? await engine.end(of: container) else { return }
      await self.finish(end, number, key)
    }
  }

  /// Whether a run may still begin: its job is there, and nobody has stopped it.
  func isMeant(_ number: Int, _ key: Key) -> Bool {
    guard let entry = entries[key], !entry.isLeaving else { return false }
    return entry.runs.contains { $0.number == number && !$0.isOver }
  }

  /// Its container is there and not started yet: an engine that comes to it then begins once more. False: it was given up meanwhile.
  private func wasMade(_ container: Container, _ number: Int, _ key: Key) async -> Bool {
    guard isMeant(number, key), var run = entries[key]?.runs.last(where: { $0.number == number }) else { return false }
    run.reason = nil
    run.containerID = container.id
    await note(run, key)
    return true
  }

  /// False: it was given up meanwhile.
  private func hasBegun(_ container: Container, _ number: Int, _ key: Key) async -> Bool {
    guard isMeant(number, key), var run = entries[key]?.runs.last(where: { $0.number == number }) else { return false }
    run.state = .running
    run.containerID = container.id
    run.startedAt = await container.record.startedAt ?? clock.now()
    await note(run, key)
    tell(.started(run.trigger), number, key)
    return true
  }

  /// It is not to begin any more: whoever waits for it does not.
  private func gaveUp(_ number: Int, _ key: Key) async {
    guard let entry = entries[key], !entry.isLeaving, entry.runs.last(where: { $0.number == number })?.isOver != false else { return }
    guard let decisions = entries[key]?.machine.ended(number) else { return }
    await carryOut(decisions, key)
  }

  private func stopRun(_ number: Int, _ key: Key) async {
    guard let engine, let run = entries[key]?.runs.last(where: { $0.number == number }) else { return }
    guard let id = run.containerID, let container = await engine.containers.find(id) else {
      // It waits for what it depends on.
      entries[key]?.tasks[number]?.cancel()
      return await finish(JobEnd(reason: "the next run took its place"), number, key)
    }
    do {
      try await container.stop(grace: nil)
    } catch {
      engine.log.append(.warning("the run \(container.spec.name) could not be stopped: \(error)"), project: key.project)
    }
  }

  /// Notes how a run ended, keeps what it wrote, and has the next one begin that waits.
  func finish(_ end: JobEnd, _ number: Int, _ key: Key) async {
    guard let engine else { return }
    guard let entry = entries[key], !entry.isLeaving, var run = entry.runs.last(where: { $0.number == number }), !run.isOver else {
      if let container = end.container { try? await engine.remove(container.id, volumes: true) }
      return
    }
    let isCancelled = end.wasStopped && entry.cancelled.contains(number)
    var reason = isCancelled ? JobEnd.cancelled.reason : end.reason.map(engine.secretsSeen.redact)
    if let container = end.container {
      do {
        try JobFiles(location: engine.location, id: entry.row.id)
          .keep(ContainerFiles(location: engine.location, id: container.id), as: number)
      } catch {
        reason = "what it wrote could not be kept: \(error)"
      }
      run.startedAt = await container.record.startedAt ?? run.startedAt
    }
    run.state = isCancelled ? .cancelled : end.exitCode == 0 ? .succeeded : .failed
    run.exitCode = end.exitCode
    run.wasOutOfMemory = end.wasOutOfMemory
    run.finishedAt = end.finishedAt ?? clock.now()
    run.reason = reason
    // Before anybody can see that it has ended: then another may be asked for.
    let decisions = entries[key]?.machine.ended(number)
    await note(run, key)
    entries[key]?.tasks[number] = nil
    entries[key]?.cancelled.remove(number)
    tell(.ended(code: end.exitCode, outOfMemory: end.wasOutOfMemory, reason: reason), number, key)
    if let container = end.container {
      do {
        try await engine.remove(container.id, volumes: true)
      } catch {
        engine.log.append(.warning("the container \(container.spec.name) could not be removed: \(error)"), project: key.project)
      }
    }
    if let decisions { await carryOut(decisions, key) }
  }

  // MARK: History

  /// Writes a run down, in place of what was known of it; the oldest that are over go that are too many.
  func note(_ run: JobRun, _ key: Key) async {
    guard let engine, var entry = entries[key], !entry.isLeaving else { return }
    if let index = entry.runs.firstIndex(where: { $0.number == run.number }) { entry.runs[index] = run } else { entry.runs.append(run) }
    var surplus: [JobRun] = []
    while entry.runs.count > JobRunRow.limit, let oldest = entry.runs.firstIndex(where: \.isOver) {
      surplus.append(entry.runs.remove(at: oldest))
    }
    entries[key]?.runs = entry.runs
    do {
      try await engine.store.put(JobRunRow(run: run))
      for old in surplus {
        try await engine.store.delete(JobRunRow.self, key: JobRunRow(run: old).key)
        try JobFiles(location: engine.location, id: entry.row.id).remove(old.number)
      }
    } catch {
      engine.log.append(.warning("the history of the job \(key.name) could not be written: \(error)"), project: key.project)
    }
  }

  private func tell(_ what: Event.JobChange.What, _ number: Int, _ key: Key) {
    engine?.log.append(.job(.init(job: key.name, number: number, what: what)), project: key.project)
  }
}
