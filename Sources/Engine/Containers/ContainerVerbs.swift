public import Backend
import ContainerSetup
import Glibc
public import Reconciler
import StackModel

extension LocalBackend {
  public func container(_ name: String) async throws -> ObservedContainer { await (try await container(matching: name)).observed }

  public func act(on name: String, _ action: ContainerAction) async throws -> [String] {
    let container = try await container(matching: name)
    switch action {
    case .start:
      if await container.record.state == .paused {
        throw EngineError(
          .conflict, "cannot start a paused container, try unpause instead", hint: "muster container unpause \(container.spec.name)")
      }
      try await container.start()
      return await container.warnings.map { "Container \(container.spec.name): \($0)" }
    case .stop(let timeout, let signal):
      let number = try signal.map(signalNumber(of:))
      try await container.stop(grace: timeout.map { .seconds($0) }, signal: number)
    case .restart(let timeout, let signal):
      let number = try signal.map(signalNumber(of:))
      try await shielded { try await container.stop(grace: timeout.map { .seconds($0) }, signal: number) }
      try await container.start()
      return await container.warnings.map { "Container \(container.spec.name): \($0)" }
    case .kill(let signal): try await container.kill(signal: signal)
    case .pause: try await container.pause()
    case .unpause: try await container.unpause()
    case .rename(let new): try await container.rename(to: new)
    case .remove(let force, let volumes):
      let state = await container.record.state
      if !force, [.running, .paused, .restarting].contains(state) {
        throw EngineError(
          .conflict, "cannot remove container \"\(container.spec.name)\": container is \(state.rawValue)",
          hint: "stop the container before removing or force remove: muster container rm -f \(container.spec.name)")
      }
      try await remove(container.id, volumes: volumes)
    case .update(let update): try await container.update(to: try changed(container.spec, update))
    }
    return []
  }

  private func signalNumber(of signal: String) throws -> Int32 {
    guard let number = ContainerSetup.signalNumber(signal) else {
      throw EngineError(.invalid, "\"\(signal)\" is not a signal", hint: "use a name like SIGHUP, or a number from 1 to 64")
    }
    return number
  }

  /// The specification with other limits, of which a mistake is told before anything is changed.
  private func changed(_ spec: ContainerSpec, _ update: ContainerUpdate) throws(EngineError) -> ContainerSpec {
    var spec = spec
    if let restart = update.restart {
      spec.options.restart = restart
    }
    spec.options.resources = update.applied(to: spec.options.resources)
    return spec
  }
}
