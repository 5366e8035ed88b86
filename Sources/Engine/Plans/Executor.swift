public import Backend
public import Reconciler

/// Carries a plan out: every step as soon as what it needs is done, a bounded number at once.
///
/// A failed step's descendants are skipped and its siblings go on. Cancelling the task starts nothing more; steps in flight end by themselves.
public struct Executor: Sendable {
  /// Steps that work at the same time; waits, also those for a container's end, are not counted.
  public var width: Int
  public init(width: Int) { self.width = max(1, width) }

  /// How a plan's steps ended, by step id.
  public struct Outcome: Sendable, Equatable {
    public var done: Set<Int> = []
    public var failed: [Int: EngineError] = [:]
    /// Step → the step whose failure is the cause.
    public var skipped: [Int: Int] = [:]
    /// Not tried because the task was cancelled.
    public var cancelled: Set<Int> = []
  }

  /// Runs `perform` for every step in an order that the plan allows.
  public func run(_ plan: Plan, perform: @escaping @Sendable (Step) async throws -> Void) async -> Outcome {
    await run(plan) { step, _ in try await perform(step) }
  }

  /// The same; `perform` also gets those of the steps that it judges (`Step.afterEnd`) that have not succeeded.
  public func run(_ plan: Plan, perform: @escaping @Sendable (Step, _ unsuccessful: Set<Int>) async throws -> Void) async -> Outcome {
    var outcome = Outcome()
    var waitingFor: [Int: Set<Int>] = [:]
    var dependants: [Int: [Int]] = [:]
    var judges: [Int: [Int]] = [:]
    var ready: [Int] = []
    let steps = Dictionary(plan.steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for step in plan.steps {
      let needs = step.after.filter { steps[$0] != nil && $0 != step.id }
      let judged = (step.afterEnd ?? []).filter { steps[$0] != nil && $0 != step.id && !needs.contains($0) }
      waitingFor[step.id] = needs.union(judged)
      for need in needs { dependants[need, default: []].append(step.id) }
      for id in judged { judges[id, default: []].append(step.id) }
      if needs.union(judged).isEmpty { ready.append(step.id) }
    }
    ready.reverse()

    // Those that have nothing left to wait for when a step has ended.
    func released(_ waiters: [Int: [Int]], by id: Int) -> [Int] {
      (waiters[id] ?? []).filter { waiter in
        outcome.skipped[waiter] == nil && waitingFor[waiter]?.remove(id) != nil && waitingFor[waiter]?.isEmpty == true
      }
    }

    func skipDescendants(of failed: Int) {
      var reached = [failed]
      while let last = reached.popLast() {
        for id in dependants[last] ?? [] where outcome.skipped[id] == nil {
          outcome.skipped[id] = failed
          waitingFor[id] = nil
          reached.append(id)
        }
      }
      for id in [failed] + outcome.skipped.filter({ $0.value == failed }).keys.sorted() {
        ready = released(judges, by: id).reversed() + ready
      }
    }

    await withTaskGroup(of: (Int, EngineError?).self) { group in
      var working = 0
      func startReady() {
        guard !Task.isCancelled else { return }
        var postponed: [Int] = []
        while let id = ready.popLast() {
          guard let step = steps[id], outcome.skipped[id] == nil else { continue }
          let unsuccessful = (step.afterEnd ?? []).subtracting(outcome.done)
          if step.action.isMostlyWaiting {
            group.addTask { (id, await Self.attempt(step) { try await perform($0, unsuccessful) }) }
          } else if working < width {
            working += 1
            group.addTask { (id, await Self.attempt(step) { try await perform($0, unsuccessful) }) }
          } else {
            postponed.append(id)
          }
        }
        ready = postponed.reversed()
      }
      startReady()
      while let (id, error) = await group.next() {
        if let step = steps[id], !step.action.isMostlyWaiting { working -= 1 }
        if let error {
          outcome.failed[id] = error
          skipDescendants(of: id)
        } else {
          outcome.done.insert(id)
          ready = (released(dependants, by: id) + released(judges, by: id)).reversed() + ready
        }
        startReady()
      }
    }
    for step in plan.steps
    where !outcome.done.contains(step.id) && outcome.failed[step.id] == nil && outcome.skipped[step.id] == nil {
      outcome.cancelled.insert(step.id)
    }
    return outcome
  }

  private static func attempt(_ step: Step, _ perform: @escaping @Sendable (Step) async throws -> Void) async -> EngineError? {
    do {
      // A wait, a pull or a build is broken off when the plan is, as are the hooks of a start; anything else is done to its end.
      if step.action.isWait || step.action.makesImage || step.action.hasHooks {
        try await perform(step)
      } else {
        try await shielded { try await perform(step) }
      }
      return nil
    } catch let error as EngineError {
      return error
    } catch is CancellationError {
      return EngineError(.unavailable, subject: step.action.subject, "interrupted")
    } catch {
      return EngineError(.internal, subject: step.action.subject, String(describing: error))
    }
  }
}

extension Action {
  /// A start, whose hooks may take any time; it sees itself to what must not stop half way.
  var hasHooks: Bool {
    switch self {
    case .startContainer, .restartContainer: true
    default: false
    }
  }

  /// A wait, or a stop: however many containers there are, their grace periods pass at the same time.
  var isMostlyWaiting: Bool {
    if case .stopContainer = self { return true }
    return isWait
  }

  /// A wait takes time and no work.
  var isWait: Bool {
    switch self {
    case .waitFor, .watchContainer, .drainContainer, .delayBatch: true
    default: false
    }
  }
}
