public import Backend
import CLinux
import Glibc
import ImageStore
import LinuxKit
import Reconciler
import StackModel
import SystemPackage
import Tar
import VolumeStore

extension LocalBackend {
  public func exportVolume(named name: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    _ = try await volume(name)
    try await volumeGate.alone(on: VolumeName(name)) { try await self.prepareVolume(VolumeName(name)) }
    let path = volumes.path(of: VolumeName(name))
    func open() throws -> SharedDescriptor {
      SharedDescriptor(try Descriptor.open(path, Int32(CLINUX_O_PATH) | O_DIRECTORY | O_NOFOLLOW))
    }
    let directory = try open()
    try await streaming(
      { cancellation, put in
        var rules = ArchivingRules()
        rules.check = { try cancellation.check() }
        let archiver = TreeArchiver(rules, to: put)
        try archiver.write(directory.descriptor, as: [0x2E])
        try archiver.finish()
      }, to: output)
    // What was removed or replaced meanwhile is not whole in the archive.
    guard try open().descriptor.status().inode == directory.descriptor.status().inode else {
      throw EngineError(.conflict, "the volume \(name) was replaced while it was read: the archive is not whole")
    }
  }

  public func importVolume(
    named name: String, replaces: Bool, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String] {
    let spool = try await spooled(pieces)
    let volume = VolumeName(name)
    let isNew = await catalog.volume(volume) == nil
    if isNew { _ = try await createVolume(VolumeCreation(name: name)) }
    do {
      return try await filling(volume, replaces: replaces) { place in
        try await onThread { cancellation in
          var rules = ExtractionRules()
          rules.setsRoot = true
          rules.followsLinks = false
          rules.check = { try cancellation.check() }
          do { return try extractArchive(spool.descriptor, into: RootedDirectory(path: place), rules, cancellation) } catch let error
            as TarError
          {
            throw EngineError(.invalid, error.description)
          }
        }
      }
    } catch {
      if isNew { try? await removeVolume(volume) }
      throw error
    }
  }

  public func snapshotVolume(named name: String, _ snapshot: VolumeSnapshot) async throws -> VolumeDetail {
    let old = try await volume(name)
    let taken = snapshot.name ?? "\(name)-\(Timestamp.text(WallClock.nanoseconds()).prefix(19).filter { $0 != "-" && $0 != ":" })"
    guard await catalog.volume(VolumeName(taken)) == nil else { throw EngineError(.conflict, "there is a volume \(taken) already") }
    _ = try await createVolume(VolumeCreation(name: taken, labels: old.Labels))
    let source = volumes.path(of: VolumeName(name))
    try await volumeGate.alone(on: VolumeName(name)) { try await self.prepareVolume(VolumeName(name)) }
    do {
      try await filling(VolumeName(taken), replaces: false) { place in
        try await frozen(snapshot.pauses ? users(of: VolumeName(name))[...] : []) {
          try await onThread { _ in try copyTree(from: FilePath(source), to: FilePath(place)) }
        }
      }
    } catch {
      try? await removeVolume(VolumeName(taken))
      throw error
    }
    return try await volume(taken)
  }

  /// Fills a volume's directory beside its data, and puts it in their place when `body` has done its part.
  private func filling<Value: Sendable>(
    _ name: VolumeName, replaces: Bool, _ body: @Sendable (_ place: String) async throws -> Value
  ) async throws -> Value {
    try await volumeGate.alone(on: name) {
      for container in await self.users(of: name) where await container.running != nil {
        throw EngineError(
          .conflict, "the container \(container.spec.name) has the volume \(name) and runs", hint: "stop it first")
      }
      if let mount = await self.catalog.volume(name)?.definition.mount {
        throw EngineError(
          .conflict, subject: "volume \(name)", "it is \(mount.device), mounted: an archive cannot be put there all at once",
          hint: "unpack it in a container that has the volume")
      }
      guard replaces || self.volumes.isEmpty(name) else {
        throw EngineError(
          .conflict, "the volume \(name) holds something already", hint: "with --replace it holds what is in the archive instead")
      }
      do {
        let place = try self.volumes.beginFilling(name)
        let value = try await body(place)
        // On the disk before the old data go.
        let store = self.volumes
        try await onThread(isCancellable: false) { _ in
          try Descriptor.open(place, O_RDONLY | O_DIRECTORY).synchronizeFileSystem()
          if replaces { try store.replaceByFilling(name) } else { try store.finishFilling(name) }
        }
        self.generation.advance()
        return value
      } catch {
        try? self.volumes.abandonFilling(name)
        throw error
      }
    }
  }

  /// The containers that have the volume, each once, in one order.
  private func users(of name: VolumeName) async -> [Container] {
    var found: [Container] = []
    for container in await containers.all() where await container.uses(name) { found.append(container) }
    return found.sorted { $0.id.rawValue < $1.id.rawValue }
  }
}
