public import Backend
import Glibc
import ImageStore
import LinuxKit
import Reconciler
public import StackModel
import VolumeStore

extension LocalBackend {
  /// Makes a named volume; one that is there is kept as it is.
  func createVolume(_ volume: Volume, project: ProjectName?) async throws {
    try await volumeGate.alone(on: volume.name) {
      guard await self.catalog.volume(volume.name) == nil else { return }
      try await self.make(VolumeRow(definition: volume, project: project, createdAt: WallClock.nanoseconds()))
      self.generation.advance()
    }
  }

  /// The directory first: a record without one would be a volume whose data are gone. One that is empty and nobody's goes at the next engine's start.
  func make(_ row: VolumeRow) async throws {
    try volumes.create(row.definition.name)
    do {
      try await catalog.put(row)
    } catch {
      volumes.removeIfEmpty(row.definition.name)
      throw error
    }
    tell("create", row.definition.name, project: row.project)
  }

  public func volumes(_ project: ProjectName) async throws -> [VolumeSummary] {
    await catalog.volumes().filter { $0.project == project }.map { row in
      VolumeSummary(
        // What is mounted is somebody else's, and stays when the volume goes; counting it could take for ever.
        name: row.definition.name, size: row.definition.mount == nil ? volumes.bytesUsed(by: row.definition.name) : nil,
        createdAt: row.createdAt, isAnonymous: row.isAnonymous)
    }
  }

  /// Removes a volume with its data; one that any container, or a job, names is refused.
  func removeVolume(_ name: VolumeName) async throws {
    try await volumeGate.alone(on: name) {
      for container in await self.containers.all() where await container.uses(name) {
        throw EngineError(
          .conflict, subject: "volume \(name)", "the container \(container.spec.name) still uses it", hint: "remove that container first")
      }
      if let user = await self.jobs.user(of: name) {
        throw EngineError(
          .conflict, subject: "volume \(name)", "the job \(user.name) of \(user.project) uses it", hint: "take that project down first")
      }
      let store = self.volumes
      let project = await self.catalog.volume(name)?.project
      do {
        try await onThread(isCancellable: false) { _ in try store.discard(name) }
      } catch let error as KernelError where error.errno == EBUSY {
        throw EngineError(
          .conflict, subject: "volume \(name)", "what is mounted there cannot be unmounted: \(error)",
          hint: "a program of this machine is in it, or something is mounted inside; fuser -vm \(store.path(of: name)) tells which")
      }
      do {
        try await self.catalog.remove(volume: name)
      } catch {
        try store.restore(name)
        throw error
      }
      self.generation.advance()
      self.tell("destroy", name, project: project)
      await self.clearVolume(name)
    }
  }

  /// Frees the space of one that has been taken away.
  private func clearVolume(_ name: VolumeName) async {
    let store = volumes
    do {
      try await onThread(isCancellable: false) { _ in try store.clear(name) }
    } catch {
      log.append(.warning("the volume \(name) is removed, but not all of its data: \(error)"), project: nil)
    }
  }

  /// Brings to an end what an earlier engine began: volumes that it was removing, and those that it had not written down yet.
  func recoverVolumes() async throws {
    for name in try volumes.discarded() {
      if !volumes.exists(name), await catalog.volume(name) != nil { try await catalog.remove(volume: name) }
      Task { await volumeGate.alone(on: name) { await self.clearVolume(name) } }
    }
    // Of those whose records cannot be read it is not known.
    guard !catalog.damaged.contains(where: { $0.hasPrefix("volume ") }) else { return }
    for name in try volumes.names() where await catalog.volume(name) == nil { volumes.removeIfEmpty(name) }
  }
}

extension Container {
  func uses(_ name: VolumeName) -> Bool {
    record.anonymousVolumes.values.contains(name) || spec.options.mounts.contains { $0.source == .volume(name) }
  }

  /// Of all volumes that it names.
  var volumeNames: Set<VolumeName> {
    var names = Set(record.anonymousVolumes.values)
    for mount in mountedSpec.options.mounts { if case .volume(let name) = mount.source { names.insert(name) } }
    return names
  }
}
