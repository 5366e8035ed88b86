public import Backend
public import Reconciler
import StackModel

extension LocalBackend {
  public func plan(_ request: StackRequest) async throws -> Plan {
    let (desired, observed) = try await wanted(request)
    return await noted(try Self.makePlan(desired, of: request.project, observed: observed), stack: desired.stack)
  }

  public func prepare(_ request: StackRequest) async throws -> PreparedPlan {
    let (desired, observed) = try await wanted(request)
    var prepared = try prepared(desired, of: request.project, observed: observed)
    prepared.plan = await noted(prepared.plan, stack: desired.stack)
    return prepared
  }

  /// What is in the plan's way is no part of what is expected: it may be gone by the time that the plan is carried out.
  private func prepared(_ desired: Desired, of project: ProjectName, observed: Observed) throws -> PreparedPlan {
    let plan = try Self.makePlan(desired, of: project, observed: observed)
    return PreparedPlan(plan: plan, expectation: try expectation(of: plan, stack: desired.stack, observed: observed))
  }

  private func wanted(_ request: StackRequest) async throws -> (Desired, Observed) {
    let desired = try await self.desired(request, remember: false)
    return (desired, await observe(project: request.project, stack: desired.stack, looksAtBuilds: request.mayBuild))
  }

  public func carryOut(_ request: StackRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> Report {
    // Who wants to kill does not wait for a grace period to pass.
    if case .kill = request.operation { return try await carryOutAlone(request, onEvent: onEvent) }
    return try await projects.alone(on: request.project) { try await self.carryOutAlone(request, onEvent: onEvent) }
  }

  private func carryOutAlone(_ request: StackRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> Report {
    let emit: @Sendable (Event.Kind) -> Void = { kind in
      onEvent(self.log.append(kind, project: request.project))
    }
    // Before anything is remembered of it.
    if let expectation = request.expectation {
      let (desired, observed) = try await wanted(request)
      try expectation.check(secretsSeen.redact(try prepared(desired, of: request.project, observed: observed).expectation))
    }
    let before = await lastGood(request.project)
    var desired = try await traced("lower") { try await self.desired(request, remember: true) }
    try vault.keepKeys()
    var observed = await traced("observe") {
      await observe(project: request.project, stack: desired.stack, looksAtBuilds: request.mayBuild)
    }
    let existing = observed
    var plan = try traced("plan") { try Self.makePlan(desired, of: request.project, observed: observed) }
    var report = Report(plan: plan)
    let contents = try await buildContents(request)

    // Images first and alone: what they become decides the rest, and without them nothing is begun.
    if plan.needsReplanning || request.plansOnImages && plan.steps.contains(where: \.action.makesImage) {
      let images: Plan = plan.imageSteps
      await execute(images, contents, request, emit: emit, into: &report)
      guard report.succeeded, !Task.isCancelled else { return report }
      desired.operation = desired.operation.afterImages
      observed = await observe(project: request.project, stack: desired.stack)
      plan = try Self.makePlan(desired, of: request.project, observed: observed)
      report.plan = images.followed(by: plan)
    }
    try await traced("preflight") { try await preflight(plan, stack: desired.stack) }
    try await forgetInitSteps(recreatedBy: plan)
    for note in plan.notes { emit(.warning(note)) }
    if case .up(let options) = desired.operation, options.starts, !plan.unchanged.isEmpty { emit(.unchanged(plan.unchanged)) }
    let failed = await execute(plan, contents, request, emit: emit, into: &report)
    switch request.operation {
    case .down, .remove: try await forgetInitSteps(ofServicesGoneFrom: request.project)
    default: break
    }
    if case .down(let options) = request.operation, options.services.isEmpty, report.succeeded { try await forget(request.project) }
    guard case .up = desired.operation else { return report }
    let taken = failed.compactMap { step -> ServiceName? in
      if case .settleBatch(let batch) = step.action, batch.failureAction == .rollback { batch.service } else { nil }
    }
    await remember(report, of: request.project, as: desired.title, by: request.caller)
    if !taken.isEmpty { await takeBack(taken, to: before, existing, request, emit: emit, into: &report) }
    // What the engine itself has begun, and is told to leave, is the next one's.
    if !Task.isCancelled || request.caller != nil {
      await noteUpdates(of: request.project, tried: Set(PlanParts(plan).created.map(\.service)))
    }
    return report
  }

  /// Carries a plan out; what fails is in the report. Returns the steps that failed.
  @discardableResult
  func execute(
    _ plan: Plan, _ contents: GrantContents, _ request: StackRequest, emit: @escaping @Sendable (Event.Kind) -> Void,
    into report: inout Report
  ) async -> [Step] {
    let outcome = await traced("execute") {
      await Executor(width: request.parallelism ?? width).run(plan) { step, unsuccessful in
        // Several may wait for the same service.
        try await traced(onLane: step.action.isWait ? "\(step.action.subject), step \(step.id)" : step.action.subject) {
          try await traced(step.action.words?.doing ?? "Waiting") {
            try await self.perform(
              step, unsuccessful: unsuccessful, project: plan.project, contents: contents, request: request, emit: emit)
          }
        }
      }
    }
    let subjects = Dictionary(plan.steps.map { ($0.id, $0.action.subject) }, uniquingKeysWith: { first, _ in first })
    for (id, error) in outcome.failed.sorted(by: { $0.key < $1.key }) {
      report.failures.append(.init(subject: subjects[id] ?? "", error: error))
    }
    for (id, cause) in outcome.skipped {
      guard let subject = subjects[id], let because = subjects[cause] else { continue }
      report.skipped[subject] = because
    }
    for (subject, because) in report.skipped.sorted(by: { $0.key < $1.key }) {
      emit(.progress(.init(subject: subject, status: "Skipped", phase: .skipped, detail: "\(because) failed")))
    }
    if !outcome.cancelled.isEmpty, report.failures.isEmpty {
      report.failures.append(
        .init(subject: "", error: EngineError(.unavailable, "interrupted; \(outcome.cancelled.count) steps not begun")))
    }
    return plan.steps.filter { outcome.failed[$0.id] != nil }
  }

  static func makePlan(_ desired: Desired, of project: ProjectName, observed: Observed) throws -> Plan {
    do {
      return try Planner(project: project, desired: desired.stack, observed: observed).plan(desired.operation)
    } catch {
      throw EngineError(.invalid, error.description, hint: error.hint)
    }
  }
}

extension StackRequest {
  /// Whether an image is built when what it is made from has changed.
  fileprivate var mayBuild: Bool {
    if case .up(let options) = operation { options.build == .ifMissing } else { false }
  }

  /// What its images become decides what else there is to do.
  fileprivate var plansOnImages: Bool {
    if case .up = operation { true } else { false }
  }
}

extension Reconciler.Operation {
  /// The same, once its images are there.
  fileprivate var afterImages: Self {
    guard case .up(var options) = self else { return self }
    options.build = .never
    options.pull = .missing
    return .up(options)
  }
}
