import Backend
import Reconciler
import StackModel

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

  /// By its name, its id, or the beginning of an id that is no other's.
  func container(matching text: String) async throws(EngineError) -> Container {
    if let found = await containers.find(name: text) { return found }
    let found = await containers.all().filter { !text.isEmpty && $0.id.rawValue.hasPrefix(text) }
    if found.count == 1 { return found[0] }
    guard found.isEmpty else {
      throw EngineError(.invalid, "more than one container's id starts with \(text)", hint: "give more digits")
    }
    throw EngineError(.notFound, "no such container: \(text)", hint: "see: muster ps")
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
    try await traced("delete record") { try await deleteRecord() }
    if let (holder, _) = await engine.holder(ofNetwork: id, spec.name) { moveFile(files.resolvConf, to: await holder.files.keptResolver) }
    try traced("remove files") { try files.remove() }
    return Array(record.anonymousVolumes.values)
  }
}
