import Backend
import Networking
import Reconciler
import StackModel
import StateStore

extension LocalBackend {
  /// Lets connections, names and the container's name go over from one container to the one that was started beside it.
  ///
  /// Ports lead to the new one before they no longer lead to the old one, so that there is no moment without. What is connected stays connected.
  func handOver(_ name: String, from id: ContainerID, to successor: String) async throws {
    let (old, new) = (try await container(id), try await container(named: successor))
    try await containerGate.alone(on: new.id) {
      guard await new.running != nil else {
        throw EngineError(
          .unavailable, subject: new.spec.service.rawValue, "the container \(successor) ended before it could take over from \(name)")
      }
      guard await self.containers.exchange(name, of: old, with: successor, of: new) else {
        throw EngineError(.conflict, subject: new.spec.service.rawValue, "the container name \"\(name)\" is another container's")
      }
      await old.become(successor, .drained)
      await new.become(name, nil)
      // Both or neither, for whoever opens the engine next.
      try await self.store.put([await old.record, await new.record])
      let names = [await new.currentNames, await old.currentNames].compactMap { $0 }
      await self.networking.setNames(names)
      await old.announce(.renamed(from: name))
      await new.announce(.renamed(from: successor))
    }
    await refreshLinks(to: new.spec)
  }
}

extension Container {
  fileprivate func become(_ name: String, _ traffic: Traffic?) {
    var spec = spec
    spec.name = name
    change(spec: spec)
    record.traffic = traffic
  }

  /// nil: it is on no network.
  fileprivate var currentNames: EndpointNames? { runningEndpoints.isEmpty ? nil : names(runningEndpoints) }
}
