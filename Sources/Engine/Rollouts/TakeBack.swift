import Backend
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// Makes services again what they were before an update that failed (`failure_action: rollback`), which stays a failure.
  ///
  /// - Parameter existing: What there was then: of the same images, and as many of each, whoever had scaled it.
  func takeBack(
    _ services: [ServiceName], to before: GoodVersion?, _ existing: Observed, _ request: StackRequest, emit: @escaping Emit,
    into report: inout Report
  ) async {
    do {
      guard let before, services.allSatisfy({ before.row.stack.services[$0] != nil }) else {
        throw EngineError(.conflict, "there is no earlier version to go back to")
      }
      let row = try await row(
        request.project, with: services, of: before.row, images: before.images ?? existing.images(of: services))
      try await catalog.put(row)
      // Whoever was stopped for the update is started again.
      let all = services + row.stack.followers(of: services)
      let desired = Desired(
        stack: try await lowered(row), operation: .rollback(to: all, scale: existing.counts(of: all)),
        title: "rollback of a failed update")
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

/// A version of a stack that has worked.
struct GoodVersion {
  var row: StackRow
  /// What it ran; nil: what runs now.
  var images: [ServiceName: Digest]?
}

extension LocalBackend {
  /// What was brought up last, or, where that has failed or was cancelled, the last that was not.
  func lastGood(_ project: ProjectName) async -> GoodVersion? {
    guard let row = await catalog.stack(project) else { return nil }
    let revisions = await catalog.revisions(project)
    guard let last = revisions.last, last.revision.outcome == .failed || last.desired != row,
      let good = revisions.last(where: { $0.revision.outcome == .succeeded })
    else { return GoodVersion(row: row) }
    return GoodVersion(row: good.desired, images: good.revision.images)
  }
}

extension Stack {
  /// Those that are stopped when one of these services is (`depends_on` with `restart: true`), and those that are stopped with them.
  fileprivate func followers(of services: [ServiceName]) -> [ServiceName] {
    var found = Set(services)
    while let next = self.services.values.first(where: { service in
      !found.contains(service.name) && service.dependsOn.contains { $0.value.restart && found.contains($0.key) }
    }) {
      found.insert(next.name)
    }
    return found.subtracting(services).sorted()
  }
}

extension Observed {
  /// What each service's containers are made from.
  fileprivate func images(of services: [ServiceName]) -> [ServiceName: Digest] {
    Dictionary(members(of: services).map { ($0.spec.service, $0.imageID) }, uniquingKeysWith: { first, _ in first })
  }

  fileprivate func counts(of services: [ServiceName]) -> [ServiceName: Int] {
    Dictionary(members(of: services).map { ($0.spec.service, 1) }, uniquingKeysWith: +)
  }

  private func members(of services: [ServiceName]) -> [ObservedContainer] {
    containers.filter { !$0.spec.isOneOff && services.contains($0.spec.service) }
  }
}
