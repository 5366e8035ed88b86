public import Backend
import LinuxKit
import OCI
import Reconciler
public import StackModel

extension LocalBackend {
  public func history(_ project: ProjectName) async throws -> [Revision] {
    let rows = await catalog.revisions(project)
    guard !rows.isEmpty else {
      let hint = "see which there are: muster ls --all"
      throw EngineError(.notFound, "the project \"\(project)\" has no history", hint: hint)
    }
    let current = await catalog.stack(project)
    // The newest that is what the project is to be; a rollback that was made for one service is a revision of its own.
    let number = rows.last { $0.desired == current }?.revision.number
    return rows.reversed().map { row in
      var revision = row.revision
      revision.isCurrent = revision.number == number
      return revision
    }
  }

  /// Takes a note of what a project has been made, unless nothing has changed.
  func remember(_ report: Report, of project: ProjectName, as operation: String, by caller: Caller?) async {
    guard let row = await catalog.stack(project) else { return }
    let changes = report.plan.effects
    let last = await catalog.revisions(project).last
    // The same in other words, as in a file that was moved. What failed stays in the history as it was, and so does every way back.
    if changes.isEmpty, operation == "up", var last, last.revision.outcome == .succeeded {
      guard last.desired != row else { return }
      last.desired = row
      return await write(last)
    }
    var images: [ServiceName: Digest] = [:]
    for container in await containers.all(project) where !container.spec.isOneOff {
      guard await container.record.traffic == nil else { continue }
      images[container.spec.service] = await container.record.imageID
    }
    let revision = Revision(
      number: (last?.revision.number ?? 0) + 1, at: WallClock.nanoseconds(), caller: caller, operation: operation,
      outcome: report.succeeded ? .succeeded : .failed,
      changes: changes.map(secretsSeen.redact), images: images)
    await write(RevisionRow(revision: revision, desired: row))
  }

  private func write(_ row: RevisionRow) async {
    do {
      try await catalog.put(row)
    } catch {
      let project = row.desired.stack.name
      log.append(.warning("the history of \(project) could not be written: \(error)"), project: project)
    }
  }
}
