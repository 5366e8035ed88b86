import Backend
import StackModel

extension LocalBackend {
  /// What `volumes_from` means now: the binds and volumes of the other containers, those that they have taken over themselves included.
  ///
  /// As Docker has it: no tmpfs, a later source goes before an earlier one, and the container's own mounts before all.
  func inheritedMounts(of spec: ContainerSpec) async throws -> [Mount] {
    var found: [String: Mount] = [:]
    for entry in spec.options.volumesFrom ?? [] {
      guard let source = await container(entry.source, in: spec.project) else {
        throw EngineError(
          .notFound, subject: spec.service.rawValue, "there is no container to take volumes from: \(entry.source.words)",
          hint: "make that one first")
      }
      for var mount in await source.shareableMounts {
        mount.isReadOnly = mount.isReadOnly || entry.isReadOnly
        found[mount.target] = mount
      }
    }
    let own = Set(spec.options.mounts.map(\.target))
    return found.values.filter { !own.contains($0.target) }.sorted { $0.target < $1.target }
  }
}

extension ContainerReference {
  /// `the service db`.
  var words: String {
    switch self {
    case .service(let name): "the service \(name)"
    case .container(let name): "the container \(name)"
    }
  }
}

extension Container {
  /// Its binds and volumes as another container can have them, anonymous volumes by their names.
  var shareableMounts: [Mount] {
    var mounts = record.inheritedMounts ?? []
    for mount in spec.options.mounts {
      switch mount.source {
      case .bind, .volume: mounts.append(mount)
      case .anonymousVolume, .tmpfs, .image: continue
      }
    }
    for (target, name) in record.anonymousVolumes {
      let isReadOnly = spec.options.mounts.contains { $0.target == target && $0.isReadOnly }
      mounts.append(Mount(source: .volume(name), target: target, isReadOnly: isReadOnly))
    }
    return mounts
  }

  /// The specification with all that is mounted.
  var mountedSpec: ContainerSpec { record.mountedSpec }
}

extension ContainerRecord {
  /// The specification with the mounts of `volumes_from` among its own.
  var mountedSpec: ContainerSpec {
    var spec = spec
    spec.options.mounts += inheritedMounts ?? []
    return spec
  }
}
