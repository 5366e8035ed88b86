import Backend
import Reconciler
import StackModel

extension LocalBackend {
  /// Whether the engine keeps a project as it is to be: false after `up --no-keep`.
  func keeps(_ project: ProjectName) async -> Bool { await catalog.stack(project)?.isKept == true }

  /// Returns when what a container depends on is as its `depends_on` says, or will not be: its own restarts then go on as they can.
  func waitForDependencies(of spec: ContainerSpec) async {
    guard !spec.isOneOff, let service = await catalog.stack(spec.project)?.stack.services[spec.service] else { return }
    for (name, dependency) in service.dependsOn.sorted(by: { $0.key < $1.key }) {
      for container in await containers.all(spec.project) where container.spec.service == name && !container.spec.isOneOff {
        while await container.isUnsettled { try? await Task.sleep(for: .milliseconds(50)) }
        guard [.running, .restarting].contains(await container.record.state) else { continue }
        _ = try? await container.wait(until: dependency.condition)
      }
    }
  }

  /// Has the services begin again that depend on a service with `restart: true` and whose container has been started again by the engine.
  func followRestart(of spec: ContainerSpec) {
    guard !spec.isOneOff else { return }
    Task {
      // After what is under way in the project, which may see to them by itself.
      await projects.alone(on: spec.project) { await self.restartDependants(of: spec) }
    }
  }

  private func restartDependants(of spec: ContainerSpec) async {
    guard let stack = await catalog.stack(spec.project)?.stack else { return }
    for service in stack.services.values.sorted(by: { $0.name < $1.name }) where service.dependsOn[spec.service]?.restart == true {
      for container in await containers.all(spec.project) where container.spec.service == service.name && !container.spec.isOneOff {
        guard await container.running != nil else { continue }
        await container.restartAfterDependency(spec.service)
      }
    }
  }
}

extension Container {
  /// What has become of it since the engine before this one is not known yet.
  fileprivate var isUnsettled: Bool { running == nil && (record.state == .running || record.state == .paused) && !isAbandoned }

  /// Stops it to be started again, after what it depends on.
  func restartAfterDependency(_ name: ServiceName) async {
    await engine.containerGate.alone(on: id) { await self.restartAfterDependencyAlone(name) }
  }

  /// The rest of it is a restart like others, after which those follow that depend on this one.
  private func restartAfterDependencyAlone(_ name: ServiceName) async {
    guard running != nil, !record.wasStopped, !isAbandoned else { return }
    record.remark = "restarted because \(name) was"
    restartsAfterStop = .zero
    waitsAfterStop = true
    do {
      try await stopAlone(grace: nil)
    } catch {
      (restartsAfterStop, record.wasStopped, waitsAfterStop) = (nil, false, false)
      tell("it could not be stopped to be restarted after \(name): \(error)")
    }
  }
}
