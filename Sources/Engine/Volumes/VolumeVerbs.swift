public import Backend
import ImageStore
import Reconciler
import StackModel
import VolumeStore

extension LocalBackend {
  public func volumes() async throws -> [VolumeDetail] {
    var users: [VolumeName: [String]] = [:]
    for container in await containers.all() {
      for name in await container.volumeNames { users[name, default: []].append(container.spec.name) }
    }
    return await catalog.volumes().map { row in
      let name = row.definition.name
      return VolumeDetail(
        name: name.rawValue, createdAt: Timestamp.text(row.createdAt), labels: row.definition.labels, mountpoint: volumes.path(of: name),
        options: row.definition.mount?.driverOptions ?? [:], isAnonymous: row.isAnonymous, containers: users[name] ?? [])
    }.sorted { $0.Name < $1.Name }
  }

  public func createVolume(_ creation: VolumeCreation) async throws -> VolumeDetail {
    let name = creation.name ?? randomHex(64)
    do { try checkContainerName(name) } catch {
      throw EngineError(
        .invalid, "create \(name): includes invalid characters for a local volume name, only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    }
    let mount: VolumeMount?
    do {
      mount = try VolumeMount(driverOptions: creation.options ?? [:])
    } catch {
      throw EngineError(.invalid, "create \(name): \(error.option.map { "the option \($0)" } ?? "it") \(error.message)", hint: error.hint)
    }
    try await createVolume(Volume(key: name, name: VolumeName(name), labels: creation.labels, mount: mount), project: nil)
    return try await volume(name)
  }

  public func removeVolume(named name: String) async throws {
    _ = try await volume(name)
    try await removeVolume(VolumeName(name))
  }

  public func pruneVolumes(_ request: PruneRequest) async throws -> PruneReport {
    var report = PruneReport()
    for row in await catalog.volumes()
    where (request.all || row.isAnonymous) && row.definition.isProtected != true
      && request.matches(labels: row.definition.labels, created: row.createdAt)
    {
      let name = row.definition.name
      let store = volumes
      let size = row.definition.mount == nil ? try await onThread { _ in store.bytesUsed(by: name) } : nil
      do {
        try await removeVolume(name)
      } catch let error as EngineError where error.code == .conflict { continue }
      report.volumes.append(name.rawValue)
      report.reclaimed += size ?? 0
    }
    return report
  }

  func volume(_ name: String) async throws -> VolumeDetail {
    guard let found = try await volumes().first(where: { $0.Name == name }) else {
      throw EngineError(.notFound, "no such volume: \(name)", hint: "see: muster volume ls")
    }
    return found
  }
}
