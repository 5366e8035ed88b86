import Backend
import ContainerRuntime
import Glibc
import ImageStore
import LinuxKit
import StackModel
import VolumeStore

extension LocalBackend {
  /// Has a volume's data there, and mounted what it is to be, unless it is; returns whether that was done. The caller is in the volume's gate.
  ///
  /// What is in memory alone is taken back from a container that still has it, so that both have the same files. Nothing is mounted where it would hide
  /// data, nor where containers and those that come would have different ones: that is an error with the volume's name.
  @discardableResult
  func mountVolume(_ definition: Volume) async throws -> Bool {
    try checkData(of: definition)
    guard let mount = definition.mount else { return false }
    let (name, store) = (definition.name, volumes)
    let subject = "volume \(name)"
    if try store.mounted().contains(name) { return false }
    guard store.isEmpty(name) else {
      throw EngineError(
        .conflict, subject: subject,
        "\(mount.device) cannot be mounted at \(store.path(of: name)): there is something, which would be hidden",
        hint: "it was written while nothing was mounted there; move it away")
    }
    if mount.isInMemory {
      var holder: String?
      for container in await containers.all() where await container.uses(name) {
        guard let pid = await container.running?.shim.pid else { continue }
        do {
          try await onThread(isCancellable: false) { _ in try store.mount(name, fromProcess: pid) }
          return true
        } catch let error as KernelError where error.call == "open(2)" && [ENOENT, ESRCH, EINVAL].contains(error.errno) {
          // It has just ended, and has nothing any more.
          continue
        } catch {
          holder = holder ?? container.spec.name
        }
      }
      if let holder {
        throw EngineError(
          .conflict, subject: subject,
          "it has been unmounted, and cannot be had back from the container \(holder), which goes on with it: mounted anew it would be empty",
          hint: "copy what is needed out of \(holder), then stop it; the next start mounts the volume anew")
      }
    }
    do {
      // A server of files may take its time.
      try await onThread(isCancellable: false) { _ in try store.mount(name, mount) }
    } catch {
      throw EngineError(
        .unavailable, subject: subject, "\(mount.device) (\(mount.type)) cannot be mounted: \(error)",
        hint: "its driver_opts are type, device and o of mount(8): muster volume inspect \(name)")
    }
    return true
  }

  /// Throws when somebody has taken a volume's directory away. It is never made anew, which would look as if there had never been data.
  func checkData(of definition: Volume) throws(EngineError) {
    let name = definition.name
    let isThere = definition.mount == nil ? volumes.exists(name) : volumes.hasPlace(name)
    guard !isThere else { return }
    throw EngineError(
      .notFound, Self.missingData(name, volumes.path(of: name)),
      hint: "put them back; or have a new volume: remove its containers, then muster volume rm \(name), then muster up")
  }

  static func missingData(_ name: VolumeName, _ path: String) -> String { "the data of the volume \(name) are gone: there is no \(path)" }

  /// Has a volume ready to be read or filled: it is there, and mounted when it is a mount. The caller is in the volume's gate.
  func prepareVolume(_ name: VolumeName) async throws {
    guard let definition = await catalog.volume(name)?.definition else { return }
    try await mountVolume(definition)
  }
}

extension Container {
  /// Throws when the data of a volume that it mounts are not where they have to be, rather than have it write into an empty directory. What is to be
  /// mounted is.
  func prepareVolumes() async throws {
    for name in volumeNames.sorted(by: { $0.rawValue < $1.rawValue }) {
      do {
        try await engine.volumeGate.alone(on: name) { try await self.engine.prepareVolume(name) }
      } catch let error as EngineError {
        throw EngineError(
          error.code, subject: spec.service.rawValue, "\(error.subject.map { "\($0): " } ?? "")\(error.message)", hint: error.hint)
      }
    }
    volumeProblems = [:]
  }

  /// Throws when one of its volumes has been unmounted since: at the very last moment before its own mounts are made of them.
  func checkMounts() async throws {
    var names: [VolumeName] = []
    for name in volumeNames where await engine.catalog.volume(name)?.definition.mount != nil { names.append(name) }
    guard !names.isEmpty else { return }
    let mounted = try engine.volumes.mounted()
    guard let missing = names.first(where: { !mounted.contains($0) }) else { return }
    throw EngineError(.conflict, subject: spec.service.rawValue, "the volume \(missing) was unmounted while \(spec.name) was being started")
  }
}
