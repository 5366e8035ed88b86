import Backend
import Reconciler
import StackModel
import StateStore

extension JobScheduler {
  /// Takes up the jobs of an earlier engine, and what of them was going on.
  func recover(_ engine: LocalBackend) async throws {
    let (rows, damaged) = try await engine.store.all(JobRow.self)
    let (runs, damagedRuns) = try await engine.store.all(JobRunRow.self)
    for name in damaged + damagedRuns { engine.log.append(.warning("the record of the job \(name) cannot be read"), project: nil) }
    let byJob = Dictionary(grouping: runs.map(\.run)) { Key(project: $0.project, name: $0.job) }
    for row in rows {
      let key = Key(project: row.project, name: row.name)
      let known = (byJob[key] ?? []).sorted { $0.number < $1.number }
      var timetables: [JobMachine.Timetable] = []
      do throws(EngineError) {
        timetables = try row.job.timetables()
      } catch {
        engine.log.append(.warning("the job \(row.name) runs by hand only: \(error)"), project: row.project)
      }
      let open = known.filter { !$0.isOver && $0.number != row.memory.waiting?.number }
      var memory = row.memory
      // The engine died between writing a run down and writing down that it is dealt with.
      memory.nextNumber = max(memory.nextNumber, (known.last?.number ?? 0) + 1)
      if let last = known.filter({ $0.state != .missed }).compactMap(\.scheduledAt).max() {
        memory.considered = memory.considered.map { max($0, last / 1_000_000_000) }
      }
      let machine = JobMachine(timetables, now: seconds, memory: memory, running: Set(open.map(\.number)))
      entries[key] = Entry(row: row, machine: machine, runs: known)
    }
    // Where a record cannot be read, nobody knows whose directory is whose.
    if damaged.isEmpty {
      JobFiles.clear(engine.location, known: Set(rows.map(\.id)))
      for run in runs where entries[Key(project: run.run.project, name: run.run.job)] == nil {
        try await engine.store.delete(JobRunRow.self, key: run.key)
      }
    }
    for (key, entry) in entries {
      for run in entry.runs where entry.machine.running.contains(run.number) { await takeUp(run, key, engine) }
      // Its run ended and the engine died before it could have the next one begin.
      if entry.machine.running.isEmpty, let decisions = entries[key]?.machine.ended(0) { await carryOut(decisions, key) }
    }
  }

  private func takeUp(_ run: JobRun, _ key: Key, _ engine: LocalBackend) async {
    let found: Container? = if let id = run.containerID { await engine.containers.find(id) } else { nil }
    guard let container = found else {
      // It never got that far, unless its container was made and not yet written down.
      if run.state == .waiting {
        if let stray = await engine.containers.find(name: run.containerName), stray.spec.isOneOff, stray.spec.service == key.name.service {
          try? await engine.remove(stray.id, volumes: true)
        }
        return begin(run.number, key)
      }
      return await finish(JobEnd(reason: "its container is gone"), run.number, key)
    }
    if await container.record.startedAt == nil, await container.running == nil {
      try? await engine.remove(container.id, volumes: true)
      return begin(run.number, key)
    }
    follow(container, run.number, key)
  }
}
