import Backend
import Reconciler
import StackModel
import StateStore

/// The engine's jobs: looks when each is due, has its runs begin and notes how they end.
///
/// `JobMachine` decides; here is what has to be remembered and done. Looks at the clock when the next run is due, and at least once a minute,
/// so that a clock that is set is noticed.
actor JobScheduler {
  struct Key: Hashable, Comparable, Sendable {
    var project: ProjectName
    var name: JobName
    static func < (one: Key, other: Key) -> Bool { (one.project, one.name) < (other.project, other.name) }
  }

  /// A job that is registered.
  struct Entry {
    var row: JobRow
    var machine: JobMachine
    /// Those that are kept, the oldest first.
    var runs: [JobRun] = []
    /// What brings runs to their end.
    var tasks: [Int: Task<Void, Never>] = [:]
    /// The numbers of runs that somebody does not want any more, until they have ended.
    var cancelled: Set<Int> = []
    /// It is being removed: nothing begins any more.
    var isLeaving = false
  }

  let clock: any JobClock
  /// While the engine runs.
  var engine: LocalBackend?
  var entries: [Key: Entry] = [:]
  private var loop: Task<Void, Never>?
  private var pause: Task<Void, Never>?

  init(clock: any JobClock) { self.clock = clock }

  var seconds: Int64 { clock.now() / 1_000_000_000 }

  // MARK: The engine's life

  /// Begins to look, once what an earlier engine left is taken up.
  func start(_ engine: LocalBackend) async throws {
    self.engine = engine
    try await recover(engine)
    loop = Task { await self.keepLooking() }
  }

  /// Stops looking and waiting; what runs goes on.
  func stop() {
    loop?.cancel()
    pause?.cancel()
    for entry in entries.values { for task in entry.tasks.values { task.cancel() } }
    entries = [:]
    engine = nil
  }

  private func keepLooking() async {
    while !Task.isCancelled {
      await look()
      let wait = untilNext()
      let pause = Task { await clock.sleep(for: wait) }
      self.pause = pause
      await withTaskCancellationHandler {
        await pause.value
      } onCancel: {
        pause.cancel()
      }
    }
  }

  /// Until the next run is due, but no longer than a minute.
  private func untilNext() -> Duration {
    let now = clock.now()
    let seconds = now / 1_000_000_000
    guard let next = entries.values.compactMap({ $0.machine.next(after: seconds) }).min(), next - seconds < 60 else { return .seconds(60) }
    return max(.milliseconds(1), .seconds(next - seconds) - .nanoseconds(now - seconds * 1_000_000_000))
  }

  /// Has the loop look again now.
  private func wake() { pause?.cancel() }

  /// The jobs, those that others depend on first: at a moment at which both are due, the others' runs find theirs.
  private var inOrder: [Key] {
    var (order, known): ([Key], Set<Key>) = ([], [])
    func visit(_ key: Key) {
      guard let entry = entries[key], known.insert(key).inserted else { return }
      for name in entry.row.job.definition.dependsOn.keys.sorted() { visit(Key(project: key.project, name: JobName(name.rawValue))) }
      order.append(key)
    }
    for key in entries.keys.sorted() { visit(key) }
    return order
  }

  /// Does what is due.
  func look() async {
    for key in inOrder {
      guard let entry = entries[key], !entry.isLeaving else { continue }
      guard let decisions = entries[key]?.machine.advance(to: seconds), entries[key]?.machine.memory != entry.machine.memory else {
        continue
      }
      await carryOut(decisions, key)
    }
  }

  // MARK: Jobs

  /// The jobs of a project, or of all, in order.
  private func present(_ project: ProjectName?) -> [(key: Key, value: Entry)] {
    entries.filter { (project == nil || $0.key.project == project) && !$0.value.isLeaving }.sorted { $0.key < $1.key }
  }

  /// The jobs of a project, or of all, as a planner sees them.
  func observed(_ project: ProjectName?) -> [ObservedJob] {
    present(project).map { ObservedJob(project: $0.key.project, name: $0.key.name, job: $0.value.row.job) }
  }

  /// Takes a job in, or has it be what it is now.
  func register(_ project: ProjectName, _ name: JobName, _ job: Job) async throws {
    guard let engine else { throw EngineError(.unavailable, "the engine is at its end") }
    let timetables = try job.timetables()
    let key = Key(project: project, name: name)
    if let old = entries[key], !old.isLeaving {
      entries[key]?.machine.redefine(timetables, now: seconds)
      entries[key]?.row.job = job
    } else {
      let machine = JobMachine(timetables, now: seconds)
      let row = JobRow(project: project, name: name, id: randomHex(16), job: job, memory: machine.memory)
      entries[key] = Entry(row: row, machine: machine)
    }
    do {
      try await remember(key)
    } catch {
      throw EngineError(.internal, subject: name.rawValue, "the job could not be written down: \(error)")
    }
    engine.generation.advance()
    wake()
  }

  /// Removes a job: stops what runs of it, and forgets its history.
  func remove(_ project: ProjectName, _ name: JobName, grace: Duration?) async throws {
    guard let engine else { throw EngineError(.unavailable, "the engine is at its end") }
    let key = Key(project: project, name: name)
    guard entries[key] != nil else { return }
    entries[key]?.isLeaving = true
    for task in entries[key]?.tasks.values.map({ $0 }) ?? [] { task.cancel() }
    do {
      for container in await engine.containers.all(project) where container.spec.isOneOff && container.spec.service == name.service {
        try await container.stop(grace: grace)
        try await engine.remove(container.id, volumes: true)
      }
      // Whatever else it had is nobody's now.
      if let entry = entries[key] {
        for run in entry.runs { try await engine.store.delete(JobRunRow.self, key: JobRunRow(run: run).key) }
        try await engine.store.delete(JobRow.self, key: entry.row.key)
        try JobFiles(location: engine.location, id: entry.row.id).remove()
      }
    } catch {
      // It goes on as it was, with what runs of it.
      entries[key]?.isLeaving = false
      for number in entries[key]?.machine.running.sorted() ?? [] {
        let id = entries[key]?.runs.last { $0.number == number }?.containerID
        if let id, let container = await engine.containers.find(id) { follow(container, number, key) } else { begin(number, key) }
      }
      throw error
    }
    entries[key] = nil
    engine.generation.advance()
  }

  /// Writes a job down as it is.
  func remember(_ key: Key) async throws {
    guard let engine, var entry = entries[key] else { return }
    entry.row.memory = entry.machine.memory
    entries[key]?.row.memory = entry.machine.memory
    try await engine.store.put(entry.row)
  }

  // MARK: What is asked

  /// A job whose runs get a volume; nil: none.
  func user(of volume: VolumeName) -> (project: ProjectName, name: JobName)? {
    let user = entries.keys.sorted().first { key in
      entries[key].map { !$0.isLeaving && $0.row.job.definition.options.mounts.contains { $0.source == .volume(volume) } } ?? false
    }
    return user.map { ($0.project, $0.name) }
  }

  /// What runs are made from.
  func images() -> Set<String> { Set(entries.values.map(\.row.job.definition.image)) }

  func summaries(_ project: ProjectName?) -> [JobSummary] {
    present(project).map { key, entry in
      let next = entry.machine.next(after: seconds).map { $0.multipliedReportingOverflow(by: 1_000_000_000).partialValue }
      return JobSummary(
        project: key.project, name: key.name, image: entry.row.job.definition.image, triggers: entry.row.job.triggers, nextAt: next,
        running: entry.machine.running.sorted(), lastRun: entry.runs.last { $0.isRun })
    }
  }

  /// Those that are kept, the newest first.
  func runs(_ key: Key) throws(EngineError) -> [JobRun] { try entry(key).runs.reversed() }

  func entry(_ key: Key) throws(EngineError) -> Entry {
    if let entry = entries[key], !entry.isLeaving { return entry }
    let known = entries.keys.filter { $0.project == key.project }.map(\.name.rawValue).sorted()
    throw EngineError(
      .notFound, "the project \"\(key.project)\" has no job \"\(key.name)\"",
      hint: known.isEmpty ? "bring it up: muster up" : "its jobs are \(known.joined(separator: ", "))")
  }

  /// Begins a run by hand.
  func trigger(_ key: Key) async throws -> JobRun {
    let entry = try entry(key)
    guard entry.row.job.triggers.isManual else {
      throw EngineError(
        .conflict, subject: key.name.rawValue, "the job may not be run by hand", hint: "its stack file says triggers.manual: false")
    }
    return try await ask(key, .manual, askedAt: clock.now())
  }

  /// Begins a run that no schedule has asked for.
  func ask(_ key: Key, _ trigger: JobRun.Trigger, askedAt: Int64) async throws -> JobRun {
    let fire: JobMachine.Fire
    let decisions: [JobMachine.Decision]
    do throws(JobMachine.Refusal) {
      guard let asked = try entries[key]?.machine.trigger(trigger, askedAt: askedAt) else { throw .running(0) }
      (fire, decisions) = asked
    } catch {
      let (text, number) =
        switch error {
        case .running(let number): ("run \(number) of it goes on", number)
        case .waiting(let number): ("run \(number) of it is in line already", number)
        }
      throw EngineError(
        .conflict, subject: key.name.rawValue, text,
        hint: "look at it: muster -p \(key.project) job logs \(key.name) --run \(number); `concurrency` says what may overlap")
    }
    await carryOut(decisions, key)
    guard let run = entries[key]?.runs.last(where: { $0.number == fire.number }) else {
      throw EngineError(.unavailable, subject: key.name.rawValue, "the job was removed meanwhile")
    }
    return run
  }
}
