import Backend
import Reconciler
import StackModel
import StateStore

extension LocalBackend {
  /// Ends a container if it runs and removes it, its log and, with `volumes`, its anonymous volumes. One that is not there is fine.
  func remove(_ id: ContainerID, volumes removesVolumes: Bool) async throws {
    try await shielded {
      try await self.containerGate.alone(on: id) {
        guard let container = await self.containers.find(id) else { return }
        let anonymous = try await container.dispose()
        await self.containers.remove(id)
        if removesVolumes { for name in anonymous { try await self.removeVolume(name) } }
        await container.announce(.removed)
      }
    }
  }

  func container(_ id: ContainerID) async throws -> Container {
    guard let container = await containers.find(id) else { throw EngineError(.notFound, "no such container: \(id.short)") }
    return container
  }

  func container(named name: String) async throws -> Container {
    guard let container = await containers.find(name: name) else { throw EngineError(.notFound, "no such container: \(name)") }
    return container
  }
}

extension Container {
  /// Ends it, deletes its record, then its files. Returns its anonymous volumes.
  func dispose() async throws -> [VolumeName] {
    pendingRestart?.cancel()
    pendingRestart = nil
    record.wasStopped = true
    record.removesAfter = false
    try await traced("end") { try await terminate() }
    try await traced("delete record") { try await engine.store.delete(ContainerRecord.self, key: record.key) }
    try traced("remove files") { try ContainerFiles(location: engine.location, id: id).remove() }
    return Array(record.anonymousVolumes.values)
  }
}
