import Backend
import Reconciler
import StackModel

extension JobScheduler {
  /// Has a run of a job end, or all that are not over, and returns when they have, with what has become of them.
  func cancel(_ key: Key, _ number: Int?, grace: Duration?) async throws -> [JobRun] {
    let numbers = try cancellable(number, key)
    // All at once, so that none begins because another has ended.
    entries[key]?.cancelled.formUnion(numbers)
    let inLine = numbers.filter { entries[key]?.machine.withdraw($0) == true }
    for number in inLine { await finish(.cancelled, number, key) }
    var failure: (any Error)?
    await withTaskGroup(of: (any Error)?.self) { group in
      for number in numbers where !inLine.contains(number) {
        group.addTask {
          do {
            try await self.end(number, key, grace)
            return nil
          } catch { return error }
        }
      }
      for await error in group { failure = failure ?? error }
    }
    if let failure { throw failure }
    let runs = try entry(key).runs
    return numbers.compactMap { number in runs.last { $0.number == number } }
  }

  /// Somebody does not want a run any more, which has not ended yet.
  func isCancelled(_ number: Int, _ key: Key) -> Bool { entries[key]?.cancelled.contains(number) == true }

  /// The numbers of the runs that are meant, the oldest first.
  private func cancellable(_ number: Int?, _ key: Key) throws(EngineError) -> [Int] {
    let runs = try entry(key).runs
    guard let number else { return runs.filter { !$0.isOver }.map(\.number).sorted() }
    let hint = "see: muster -p \(key.project) job history \(key.name)"
    guard let run = runs.last(where: { $0.number == number }) else {
      throw EngineError(.notFound, subject: key.name.rawValue, "the job has no run \(number) that is kept", hint: hint)
    }
    guard !run.isOver else {
      throw EngineError(.conflict, subject: key.name.rawValue, "run \(number) is over: \(run.state.rawValue)", hint: hint)
    }
    return [number]
  }

  private func end(_ number: Int, _ key: Key, _ grace: Duration?) async throws {
    guard let engine, let run = entries[key]?.runs.last(where: { $0.number == number }) else { return }
    let task = entries[key]?.tasks[number]
    guard let id = run.containerID, let container = await engine.containers.find(id) else {
      // It waits for what it depends on, or for what is done to its project.
      task?.cancel()
      return await finish(.cancelled, number, key)
    }
    try await container.stop(grace: grace)
    // Who waits for its end notes it.
    await task?.value
  }
}
