import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackModel

extension Context {
  /// Waits until every container of these services (none: all) runs, and is healthy where it has a check; those that have done their work count.
  ///
  /// - Parameter timeout: In seconds; nil: however long it takes.
  /// - Returns: The exit status, with the reason told.
  func waitUntilReady(_ services: [ServiceName], timeout: Int?) async throws -> Int32 {
    let project = try project()
    let engine = try await engine()
    return try await withThrowingTaskGroup(of: Int32.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        // Listened to before looking: nothing is missed in between.
        let events = try await engine.events(EventRequest(project: project))
        if let status = try await self.readiness(of: services, project, engine) { return status }
        for try await event in events {
          guard case .container = event.kind else { continue }
          if let status = try await self.readiness(of: services, project, engine) { return status }
        }
        throw EngineError(.unavailable, "the engine went away; containers run on")
      }
      if let timeout {
        group.addTask {
          try await pause(seconds: timeout)
          self.output.error("timed out after \(timeout) seconds")
          return 1
        }
      }
      return try await group.next() ?? 0
    }
  }

  /// nil: something is on its way yet.
  private func readiness(of services: [ServiceName], _ project: ProjectName, _ engine: EngineClient) async throws -> Int32? {
    let containers = try await engine.observe(project).containers.filter {
      !$0.spec.isOneOff && (services.isEmpty || services.contains($0.spec.service))
    }
    var isWaiting = false
    for container in containers {
      let name = visible(container.spec.name)
      switch container.state {
      case .exited where container.exitCode != 0, .dead:
        output.error("container \(name) exited (\(container.exitCode ?? 0))")
        return 1
      case .exited, .paused: break
      case .created, .restarting: isWaiting = true
      case .running:
        if container.health == .unhealthy {
          output.error("container \(name) is unhealthy")
          return 1
        }
        if container.health == .starting { isWaiting = true }
      }
    }
    return isWaiting ? nil : 0
  }
}
