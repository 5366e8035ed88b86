public import Backend
public import Reconciler
import StackModel

extension LocalBackend {
  public func plan(_ request: StackRequest) async throws -> Plan {
    let stack = try await lowered(request, remember: false)
    let observed = await observe(project: request.project, stack: stack, looksAtBuilds: request.mayBuild)
    return try Self.makePlan(request, stack: stack, observed: observed)
  }

  public func prepare(_ request: StackRequest) async throws -> PreparedPlan {
    let stack = try await lowered(request, remember: false)
    let observed = await observe(project: request.project, stack: stack, looksAtBuilds: request.mayBuild)
    let plan = try Self.makePlan(request, stack: stack, observed: observed)
    return PreparedPlan(plan: plan, expectation: try expectation(of: plan, stack: stack, observed: observed))
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
    if let expectation = request.expectation { try expectation.check(secretsSeen.redact(try await prepare(request).expectation)) }
    let stack = try await traced("lower") { try await lowered(request, remember: true) }
    try vault.keepKeys()
    var observed = await traced("observe") { await observe(project: request.project, stack: stack, looksAtBuilds: request.mayBuild) }
    var plan = try traced("plan") { try Self.makePlan(request, stack: stack, observed: observed) }
    var report = Report(plan: plan)
    let contents = try await buildContents(request)

    // Images first and alone: what they become decides the rest, and without them nothing is begun.
    if plan.needsReplanning || request.plansOnImages && plan.steps.contains(where: \.action.makesImage) {
      let images = plan.imageSteps
      await execute(images, contents, request, emit: emit, into: &report)
      guard report.succeeded, !Task.isCancelled else { return report }
      observed = await observe(project: request.project, stack: stack)
      plan = try Self.makePlan(request.afterImages, stack: stack, observed: observed)
      report.plan = images.followed(by: plan)
    }
    try await traced("preflight") { try await preflight(plan, stack: stack) }
    try await forgetInitSteps(recreatedBy: plan)
    for note in plan.notes { emit(.warning(note)) }
    if case .up(let options) = request.operation, options.starts {
      for name in plan.unchanged { emit(.progress(.init(subject: "Container \(name)", status: "Running", phase: .done))) }
    }
    await execute(plan, contents, request, emit: emit, into: &report)
    switch request.operation {
    case .down, .remove: try await forgetInitSteps(ofServicesGoneFrom: request.project)
    default: break
    }
    if case .down(let options) = request.operation, options.services.isEmpty, report.succeeded { try await forget(request.project) }
    return report
  }

  private func execute(
    _ plan: Plan, _ contents: GrantContents, _ request: StackRequest, emit: @escaping @Sendable (Event.Kind) -> Void,
    into report: inout Report
  ) async {
    let outcome = await traced("execute") {
      await Executor(width: width).run(plan) { step in
        // Several may wait for the same service.
        try await traced(onLane: step.action.isWait ? "\(step.action.subject), step \(step.id)" : step.action.subject) {
          try await traced(step.action.words?.doing ?? "Waiting") {
            try await self.perform(step, project: plan.project, contents: contents, request: request, emit: emit)
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
  }

  private static func makePlan(_ request: StackRequest, stack: Stack?, observed: Observed) throws -> Plan {
    do {
      return try Planner(project: request.project, desired: stack, observed: observed).plan(request.operation)
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

  /// The same, once its images are there.
  fileprivate var afterImages: StackRequest {
    var copy = self
    switch operation {
    case .up(var options):
      options.build = .never
      options.pull = .missing
      copy.operation = .up(options)
    default: break
    }
    return copy
  }
}
