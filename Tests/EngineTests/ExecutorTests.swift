import Backend
import Engine
import Reconciler
import StackModel
import Synchronization
import Testing

@Suite struct ExecutorTests {
  private func plan(_ edges: [Int: Set<Int>], count: Int) -> Plan {
    Plan(
      project: "p", basis: 0,
      steps: (0..<count).map { Step(id: $0, action: .startContainer(name: "c\($0)"), reasons: [.absent], after: edges[$0] ?? []) })
  }

  @Test func runsEveryStepAfterWhatItNeeds() async {
    let edges: [Int: Set<Int>] = [1: [0], 2: [0], 3: [1, 2], 5: [4]]
    let order = Mutex<[Int]>([])
    let outcome = await Executor(width: 2).run(plan(edges, count: 6)) { step in
      await Task.yield()
      order.withLock { $0.append(step.id) }
    }
    let ran = order.withLock { $0 }
    #expect(outcome.done == Set(0..<6))
    for (step, needs) in edges {
      for need in needs { #expect((ran.firstIndex(of: need) ?? .max) < (ran.firstIndex(of: step) ?? .min)) }
    }
  }

  @Test func skipsWhatNeedsAFailedStepAndFinishesTheRest() async {
    let outcome = await Executor(width: 4).run(plan([1: [0], 2: [1], 4: [3]], count: 5)) { step in
      if step.id == 0 { throw EngineError(.conflict, "no") }
    }
    #expect(outcome.failed.keys.sorted() == [0])
    #expect(outcome.skipped == [1: 0, 2: 0])
    #expect(outcome.done == [3, 4])
  }

  /// A step that judges comes after all that it judges, however they ended, and learns who did not succeed.
  @Test func judgesWhatSucceededFailedAndWasSkipped() async {
    var plan = plan([1: [0], 2: [1], 5: [4], 6: [5]], count: 7)
    plan.steps[4].afterEnd = [2, 3]
    let judged = Mutex<Set<Int>?>(nil)
    let outcome = await Executor(width: 2).run(plan) { step, unsuccessful in
      if step.id == 0 { throw EngineError(.conflict, "no") }
      if step.id == 3 { try await Task.sleep(for: .milliseconds(20)) }
      if step.id == 4 { judged.withLock { $0 = unsuccessful } }
    }
    #expect(judged.withLock { $0 } == [2])
    #expect(outcome.failed.keys.sorted() == [0] && outcome.skipped == [1: 0, 2: 0])
    #expect(outcome.done == [3, 4, 5, 6])
  }

  @Test func aJudgeWhoseGroundIsMissingIsSkipped() async {
    var plan = plan([1: [0], 2: [0]], count: 4)
    plan.steps[2].afterEnd = [1, 3]
    let outcome = await Executor(width: 2).run(plan) { step, _ in
      if step.id == 0 { throw EngineError(.conflict, "no") }
    }
    #expect(outcome.skipped == [1: 0, 2: 0] && outcome.done == [3])
  }

  @Test func neverWorksOnMoreStepsThanItsWidth() async {
    let load = Mutex((now: 0, most: 0))
    let outcome = await Executor(width: 3).run(plan([:], count: 20)) { _ in
      load.withLock {
        $0.now += 1; $0.most = max($0.most, $0.now)
      }
      for _ in 0..<10 { await Task.yield() }
      load.withLock { $0.now -= 1 }
    }
    #expect(outcome.done.count == 20)
    #expect(load.withLock { $0.most } <= 3)
  }

  /// Ten that take their whole grace period take one grace period together: here none ends before all have begun.
  @Test func stopsDoNotWaitForEachOther() async {
    let steps = (0..<10).map { id in
      Step(id: id, action: .stopContainer(name: "c\(id)", id: ContainerID("\(id)"), timeout: nil), reasons: [], after: [])
    }
    let begun = Mutex(0)
    let outcome = await Executor(width: 2).run(Plan(project: "shop", basis: 0, steps: steps)) { _ in
      begun.withLock { $0 += 1 }
      while begun.withLock({ $0 }) < 10 { await Task.yield() }
    }
    #expect(outcome.done.count == 10)
  }

  @Test func startsNothingMoreWhenCancelled() async {
    let started = Mutex(0)
    let task = Task {
      await Executor(width: 1).run(plan([1: [0], 2: [1]], count: 3)) { _ in
        started.withLock { $0 += 1 }
        withUnsafeCurrentTask { $0?.cancel() }
        while !Task.isCancelled { await Task.yield() }
      }
    }
    task.cancel()
    let outcome = await task.value
    #expect(outcome.done.count + outcome.cancelled.count == 3)
    #expect(started.withLock { $0 } <= 1)
  }
}
