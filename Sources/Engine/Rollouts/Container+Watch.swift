import Backend
import Reconciler
import StackModel

extension Container {
  /// Returns once the container has proved itself: healthy where it has a check of health, and running for so long. One that has done its work is as good.
  ///
  /// - Throws: `EngineError` as soon as it has ended, also when its policy starts it again, or is unhealthy.
  func prove(for monitor: Duration?) async throws {
    let deadline = monitor.map { ContinuousClock.now.advanced(by: $0) }
    while true {
      try Task.checkCancellation()
      if record.restart.count > 0 || record.state == .restarting { throw failure("exited (\(record.exitCode ?? 0))") }
      guard record.state == .running || record.state == .paused else {
        if record.exitCode == 0, !record.wasStopped { return }
        throw failure("exited (\(record.exitCode ?? 0))")
      }
      switch health?.state {
      case .unhealthy: throw failure("is unhealthy")
      case .starting: await nextChange()
      case .healthy, nil:
        guard let deadline, ContinuousClock.now < deadline else { return }
        await nextChange(before: deadline)
      }
    }
  }

  private func failure(_ what: String) -> EngineError {
    EngineError(.unavailable, subject: spec.service.rawValue, "the new container \(spec.name) \(what)")
  }
}

extension LocalBackend {
  /// Watches a new container. Of one that fails the error has the last log lines, and one that was started beside another goes.
  func watch(_ name: String, for monitor: Timespan?) async throws {
    let container = try await container(named: name)
    do {
      try await container.prove(for: monitor?.duration)
    } catch {
      let failure = error
      try await shielded {
        let lines = await self.lastLines(of: container, count: 10)
        try await self.discardSuccessor(container)
        guard var told = failure as? EngineError else { throw failure }
        if lines.isEmpty {
          told.message += "; it has written nothing"
        } else {
          told.message += "; its last log lines:\n" + lines.map { "    " + $0 }.joined(separator: "\n")
        }
        throw told
      }
    }
  }

  /// What a container has written last.
  private func lastLines(of container: Container, count: Int) async -> [String] {
    var lines: [String] = []
    do {
      let spec = container.spec
      for try await block in try await logs(LogRequest(project: spec.project, services: [spec.service], tail: count)) {
        lines += block.filter { $0.container == spec.name }.map { line in
          line.text.hasSuffix("\n") ? String(line.text.dropLast()) : line.text
        }
      }
    } catch {
      return ["(the log cannot be read: \(error))"]
    }
    return Array(lines.suffix(count))
  }

  /// Removes a container that has not taken the place of another. Volumes stay.
  func discardSuccessor(_ container: Container) async throws {
    guard await container.record.traffic == .held else { return }
    try await remove(container.id, volumes: false)
  }
}
