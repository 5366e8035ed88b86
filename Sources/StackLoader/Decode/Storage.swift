import Diagnostics
import StackModel

extension ServiceDecoder {
  func decodeStorage(into options: inout ContainerOptions, _ requests: inout ServiceRequests) {
    options.mounts = mounts(&requests)
    options.secrets = grants("secrets", "secret", in: fields, known: project.secrets, directory: "/run/secrets/")
    options.configs = grants("configs", "config", in: fields, known: project.configs, directory: "/")
    options.onSecretChange = secretChange()
    options.onUnhealthy = unhealthyReaction()
    options.imageUpdates = imageUpdates()
    options.isReadOnly = fields.bool("read_only") ?? false
    options.shmSize = fields.bytes("shm_size")
    options.volumesFrom = volumesFrom()
  }

  /// A later entry for the same target replaces an earlier one.
  private func mounts(_ requests: inout ServiceRequests) -> [Mount] {
    var mounts: [Mount] = []
    var asked: [MountRequest] = []
    var places: [String: Place] = [:]
    func add(_ mount: Mount, _ place: Place) {
      // Another file's entry replaces this one's by intent; in one file it is a slip.
      if let earlier = places.updateValue(place, forKey: mount.target), earlier.origin === place.origin, earlier.trail == nil,
        place.trail == nil
      {
        report.warning(
          .withoutEffect, place, "\(subject): there are two mounts at \(mount.target); the later one is used",
          hint: "remove one; the other is in line \(earlier.start.line), column \(earlier.start.column)")
      }
      if let at = mounts.firstIndex(where: { $0.target == mount.target }) { mounts[at] = mount } else { mounts.append(mount) }
    }
    for item in fields.items("volumes") {
      do throws(VolumeEntry.Failure) {
        if let mount = try mount(item, &asked) { add(mount, item.place) }
      } catch {
        report.error(.invalidValue, item.place, "\(subject): the volume \(error.message)", hint: error.hint)
      }
    }
    if !asked.isEmpty { requests.mounts = asked }
    for item in fields.items("tmpfs", orOne: true) {
      guard let text = item.text else {
        fields.mistyped("tmpfs", item, "a list of strings")
        continue
      }
      do throws(VolumeEntry.Failure) {
        let mount = try Self.tmpfs(text)
        if mounts.contains(where: { $0.target == mount.target && !$0.isTmpfs }) {
          report.error(
            .conflict, item.place, "\(subject): there are both a tmpfs and a volume at \(mount.target)", hint: "keep one of them")
          continue
        }
        add(mount, item.place)
      } catch {
        report.error(.invalidValue, item.place, "\(subject): tmpfs \(error.message)", hint: error.hint)
      }
    }
    return mounts
  }

  private func mount(_ item: Node, _ asked: inout [MountRequest]) throws(VolumeEntry.Failure) -> Mount? {
    let inner = fields.inner("volumes", item)
    let entry: VolumeEntry
    if item.mapping != nil {
      if let request = mountRequest(inner) {
        asked.append(request)
        if request.kind == .npipe || request.kind == .cluster { return nil }
      }
      entry = try VolumeEntry(long: inner)
    } else {
      guard let text = item.text else { throw VolumeEntry.Failure(message: "must be a string or a mapping, not \(item.kind)") }
      entry = try VolumeEntry(short: item, text: text)
      if let request = entry.request { asked.append(request) }
    }
    var mount = Mount(source: .anonymousVolume, target: entry.target, isReadOnly: entry.isReadOnly, noCopy: entry.noCopy)
    switch entry.kind {
    case .image:
      mount.source = .image(entry.source ?? "")
      if let problem = imageProblem(entry.source ?? "") { throw VolumeEntry.Failure(message: "has a source: \(problem)") }
      mount.subpath = inner.child("image")?.text("subpath")
      try check(mount.subpath, "image")
    case .bind:
      mount.recursion = entry.recursion
      let path = Paths.absolute(entry.source ?? "", in: entry.place.origin.directory, home: project.home)
      mount.source = .bind(path: path, createsHostPath: entry.createsHostPath, propagation: entry.propagation)
      if let propagation = entry.propagation, !["private", "rprivate", "shared", "rshared", "slave", "rslave"].contains(propagation) {
        report.error(
          .invalidValue, item.place, "\(inner.subject): propagation \"\(propagation)\" is not known",
          hint: "there are private, rprivate, shared, rshared, slave and rslave")
      }
    case .volume:
      mount.subpath = inner.child("volume")?.text("subpath")
      try check(mount.subpath, "volume")
      guard let source = entry.source, !source.isEmpty else { break }
      guard let volume = project.volumes[source] else {
        let near = report.suggestion(for: source, among: project.volumes.keys)
        let path = source.contains("/") ? "a path of the host starts with ./ or /" : nil
        report.error(
          .undeclared, entry.place, "\(subject) uses the volume \"\(source)\", which is not declared",
          hint: path ?? near ?? "declare it under the top-level volumes; a path of the host starts with ./ or /")
        return nil
      }
      mount.source = .volume(volume.name)
    case .tmpfs:
      let tmpfs = inner.child("tmpfs")
      var mode: UInt32?
      if let written = tmpfs?.node["mode"], !written.isNull {
        mode = Values.mode(written)
        if mode == nil { throw VolumeEntry.Failure(message: "has a tmpfs mode that is none", hint: "write it as 0o1777") }
      }
      mount.source = .tmpfs(size: tmpfs?.bytes("size"), mode: mode, uid: nil, gid: nil)
    }
    return mount
  }

  private func check(_ subpath: String?, _ whole: String) throws(VolumeEntry.Failure) {
    guard let subpath, subpath.hasPrefix("/") || subpath.split(separator: "/").contains("..") else { return }
    throw VolumeEntry.Failure(
      message: "has the subpath \"\(subpath)\", which leads out of the \(whole)", hint: "write a path inside it, as data/web")
  }

  /// `PATH[:size=64m,mode=1777,uid=0,gid=0,ro]`
  static func tmpfs(_ text: String) throws(VolumeEntry.Failure) -> Mount {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard let path = parts.first, path.hasPrefix("/"), Paths.clean(String(path)) != "/" else {
      throw VolumeEntry.Failure(message: "\"\(text)\" is not an absolute path below /", hint: "write it as /run or /run:size=64m")
    }
    var size: ByteCount?
    var mode, uid, gid: UInt32?
    var isReadOnly = false
    for option in parts.count > 1 ? parts[1].split(separator: ",") : [] {
      let pair = option.split(separator: "=", maxSplits: 1).map(String.init)
      let value = pair.count > 1 ? pair[1] : ""
      var isKnown = true
      switch pair.first {
      case "size":
        size = Values.bytes(value).map { ByteCount($0) }
        isKnown = size != nil
      case "mode":
        mode = UInt32(value, radix: 8).flatMap { $0 <= 0o7777 ? $0 : nil }
        isKnown = mode != nil
      case "uid":
        uid = UInt32(value)
        isKnown = uid != nil
      case "gid":
        gid = UInt32(value)
        isKnown = gid != nil
      case "ro": isReadOnly = true
      case "rw", "noexec", "nosuid", "nodev": break
      default: isKnown = false
      }
      guard isKnown else {
        throw VolumeEntry.Failure(message: "\"\(text)\" has the option \"\(option)\"", hint: "there are size, mode, uid, gid, ro and rw")
      }
    }
    return Mount(source: .tmpfs(size: size, mode: mode, uid: uid, gid: gid), target: Paths.clean(String(path)), isReadOnly: isReadOnly)
  }

  func grants(_ key: String, _ noun: String, in fields: Fields, known: Set<String>, directory: String) -> [FileGrant] {
    var grants: [FileGrant] = []
    for item in fields.items(key) {
      let inner = fields.inner(key, item)
      let source: String
      if item.mapping != nil {
        guard let text = inner.text("source") else {
          report.error(.invalidValue, item.place, "\(inner.subject): an entry has no source")
          continue
        }
        source = text
      } else {
        guard let text = item.text else {
          fields.mistyped(key, item, "a list of names or mappings")
          continue
        }
        source = text
      }
      guard known.contains(source) else {
        let near = report.suggestion(for: source, among: known)
        report.error(
          .undeclared, item["source"]?.place ?? item.place, "\(subject) uses the \(noun) \"\(source)\", which is not declared",
          hint: near ?? "declare it under the top-level \(key)")
        continue
      }
      var target = item.mapping == nil ? source : inner.text("target") ?? source
      if !target.hasPrefix("/") { target = directory + target }
      target = Paths.clean(target)
      var grant = FileGrant(source: source, target: target)
      if item.mapping != nil {
        grant.uid = inner.text("uid")
        grant.gid = inner.text("gid")
        if let written = item["mode"], !written.isNull {
          grant.mode = Values.mode(written) ?? inner.invalid("mode", written, "is not a file's mode", hint: "write it in octal: 0o440")
        }
      }
      if let at = grants.firstIndex(where: { $0.target == grant.target }) { grants[at] = grant } else { grants.append(grant) }
    }
    return grants
  }
}

extension Mount {
  fileprivate var isTmpfs: Bool { if case .tmpfs = source { true } else { false } }
}
