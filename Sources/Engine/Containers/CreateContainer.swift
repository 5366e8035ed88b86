import Backend
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import Reconciler
import StackModel
import VolumeStore

extension LocalBackend {
  /// Makes a container: its directories and volumes and the record of it. Nothing runs yet; on failure nothing is left but volumes' data.
  ///
  /// `traffic`: whether it gets connections when it runs; nil: as its health has it. `attached`: what its maker is going to look on at.
  @discardableResult
  func create(
    _ spec: ContainerSpec, anonymousVolumes known: [String: VolumeName], removesAfter: Bool = false, traffic: Traffic? = nil,
    attached: AttachedStreams? = nil, caller: Caller? = nil
  ) async throws -> Container {
    guard let image = await images.resolve(spec.image) else {
      throw EngineError(
        .notFound, subject: spec.service.rawValue, "the image \"\(spec.image)\" is not on this machine",
        hint: "import it: muster image import FILE \(spec.image)")
    }
    let id = ContainerID(randomHex(64))
    let command: [String]
    do {
      command = try processArguments(spec, image.config)
    } catch {
      throw startError(error, spec: spec)
    }
    var record = ContainerRecord(id: id, spec: spec, imageID: image.id, command: command, createdAt: WallClock.nanoseconds())
    record.removesAfter = removesAfter
    record.traffic = traffic
    record.attached = attached
    let inherited = try await inheritedMounts(of: spec)
    if !inherited.isEmpty { record.inheritedMounts = inherited }
    let mounted = try await mountedImages(of: spec)
    if !mounted.isEmpty { record.mountedImages = mounted }
    let whole = record.mountedSpec
    let files = ContainerFiles(location: location, id: id)
    let container: Container
    do {
      try traced("make directories") { try files.make() }
      if let size = spec.options.rootSize { try limit(files, size, spec) }
      for target in anonymousVolumeTargets(whole, image.config) {
        record.anonymousVolumes[target] = if let name = known[target] { name } else { try await createAnonymousVolume(for: spec) }
      }
      try await prepareMounts(spec, anonymous: record.anonymousVolumes, image: image, caller: caller)
      container = Container(record: record, engine: self)
      guard await containers.add(container) else {
        throw EngineError(.conflict, subject: spec.service.rawValue, "the container name \"\(spec.name)\" is already in use")
      }
      do {
        try await traced("write record") { try await container.persist() }
      } catch {
        await containers.remove(id)
        throw error
      }
    } catch {
      try? files.remove()
      for (target, name) in record.anonymousVolumes where known[target] == nil { try? await removeVolume(name) }
      throw error
    }
    await container.announce(.created)
    return container
  }

  private func limit(_ files: ContainerFiles, _ size: ByteCount, _ spec: ContainerSpec) throws(EngineError) {
    do throws(KernelError) {
      try files.limit(size)
    } catch {
      throw EngineError(.invalid, subject: spec.service.rawValue, "storage_opt: the size could not be set: \(error)")
    }
  }

  private func createAnonymousVolume(for spec: ContainerSpec) async throws -> VolumeName {
    let name = VolumeName(randomHex(64))
    try await make(
      VolumeRow(
        definition: Volume(key: name.rawValue, name: name), project: spec.project, createdAt: WallClock.nanoseconds(), isAnonymous: true))
    return name
  }

  /// Makes the bind sources that may be made, and fills empty volumes from the image.
  private func prepareMounts(_ spec: ContainerSpec, anonymous: [String: VolumeName], image: Image, caller: Caller?) async throws {
    var fill: [(target: String, volume: VolumeName)] = []
    var declared: Set<String> = []
    for mount in spec.options.mounts {
      declared.insert(mount.target)
      switch mount.source {
      case .bind(let path, _, _):
        try checkBindSource(of: mount, spec)
        if access(path, F_OK) != 0 {
          // As Docker: the root of the container's user namespace, else it could not write there.
          let owner = spec.options.users?.mapping?.root ?? caller.map { FileOwner(uid: $0.uid, gid: $0.gid) }
          try makeDirectories(path, mode: 0o755, owner: owner)
        }
      case .volume(let name):
        if !mount.noCopy { fill.append((mount.target, name)) }
      case .anonymousVolume:
        if !mount.noCopy, let name = anonymous[mount.target] { fill.append((mount.target, name)) }
      case .tmpfs, .image: break
      }
    }
    for (target, name) in anonymous where !declared.contains(target) { fill.append((target, name)) }
    for (target, name) in fill {
      try await volumeGate.alone(on: name) {
        guard let volume = await self.catalog.volume(name)?.definition else {
          throw EngineError(.notFound, subject: spec.service.rawValue, "the volume \"\(name)\" does not exist")
        }
        guard volume.mount != nil else {
          if self.volumes.isEmpty(name) { try await self.seed(name, from: image, path: target) }
          return
        }
        try await self.mountVolume(volume)
        // What is mounted cannot be put there whole: it is filled where it is.
        try await self.images.seed(image.layers, path: target, into: self.volumes.path(of: name))
      }
    }
  }

  /// Fills an empty volume from the image beside its place and then puts it there whole, so that a power cut leaves it empty or full.
  private func seed(_ name: VolumeName, from image: Image, path: String) async throws {
    let place = try volumes.beginFilling(name)
    do {
      if try await images.seed(image.layers, path: path, into: place) {
        try volumes.finishFilling(name)
      } else {
        try volumes.abandonFilling(name)
      }
    } catch {
      try? volumes.abandonFilling(name)
      throw error
    }
  }
}

/// Lower-case hexadecimal digits from the kernel's random source.
func randomHex(_ digits: Int) -> String {
  var generator = SystemRandomNumberGenerator()
  var text = ""
  while text.utf8.count < digits {
    let part = String(generator.next() as UInt64, radix: 16)
    text += String(repeating: "0", count: 16 - part.utf8.count) + part
  }
  return String(text.prefix(digits))
}
