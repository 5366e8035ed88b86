import Backend
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// Makes services again what they were before an update that failed (`failure_action: rollback`), which stays a failure.
  func takeBack(
    _ services: [ServiceName], to before: StackRow?, _ images: [ServiceName: Digest], _ request: StackRequest, emit: @escaping Emit,
    into report: inout Report
  ) async {
    do {
      guard let before, services.allSatisfy({ before.stack.services[$0] != nil }) else {
        throw EngineError(.conflict, "there is no earlier version to go back to")
      }
      let row = try await row(request.project, with: services, of: before, images: images)
      try await catalog.put(row)
      let desired = Desired(stack: try await lowered(row), operation: .rollback(to: services), title: "rollback of a failed update")
      let plan = try Self.makePlan(
        desired, of: request.project, observed: await observe(project: request.project, stack: desired.stack))
      try await preflight(plan, stack: desired.stack)
      var own = Report(plan: plan)
      await execute(plan, await contents(row), request, emit: emit, into: &own)
      report.failures += own.failures
      if own.succeeded {
        for service in services { emit(.warning("\(service) has been rolled back to the version before")) }
      }
      await remember(own, of: request.project, as: desired.title, by: nil)
    } catch {
      let failure = error as? EngineError ?? EngineError(.internal, String(describing: error))
      for service in services { report.failures.append(.init(subject: "Service \(service)", error: failure)) }
    }
  }
}
