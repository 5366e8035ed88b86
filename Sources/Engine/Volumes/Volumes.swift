public import Backend
import LinuxKit
import Reconciler
public import StackModel
import VolumeStore

extension LocalBackend {
  /// Makes a named volume; one that is there is kept as it is.
  func createVolume(_ volume: Volume, project: ProjectName?) async throws {
    try await volumeGate.alone(on: volume.name) {
      guard await self.catalog.volume(volume.name) == nil else { return }
      // The record first: data without one would never be found again.
      try await self.catalog.put(VolumeRow(definition: volume, project: project, createdAt: WallClock.nanoseconds()))
      try self.volumes.create(volume.name)
      self.generation.advance()
    }
  }

  public func volumes(_ project: ProjectName) async throws -> [VolumeSummary] {
    await catalog.volumes().filter { $0.project == project }.map { row in
      VolumeSummary(
        name: row.definition.name, size: volumes.bytesUsed(by: row.definition.name), createdAt: row.createdAt, isAnonymous: row.isAnonymous)
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
      try self.volumes.remove(name)
      try await self.catalog.remove(volume: name)
      self.generation.advance()
    }
  }
}

extension Container {
  func uses(_ name: VolumeName) -> Bool {
    record.anonymousVolumes.values.contains(name) || spec.options.mounts.contains { $0.source == .volume(name) }
  }
}
