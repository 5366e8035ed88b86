import Diagnostics
import StackModel

extension ServiceDecoder {
  func decodeStorage(into options: inout ContainerOptions) {
    options.mounts = mounts()
    options.secrets = grants("secrets", "secret", known: project.secrets, directory: "/run/secrets/")
    options.configs = grants("configs", "config", known: project.configs, directory: "/")
    options.isReadOnly = fields.bool("read_only") ?? false
    options.shmSize = fields.bytes("shm_size")
  }

  /// A later entry for the same target replaces an earlier one.
  private func mounts() -> [Mount] {
    var mounts: [Mount] = []
    func add(_ mount: Mount) {
      if let at = mounts.firstIndex(where: { $0.target == mount.target }) { mounts[at] = mount } else { mounts.append(mount) }
    }
    for item in fields.items("volumes") {
      do throws(VolumeEntry.Failure) {
        if let mount = try mount(item) { add(mount) }
      } catch {
        report.error(.invalidValue, item.place, "service \"\(name)\": the volume \(error.message)", hint: error.hint)
      }
    }
    for item in fields.items("tmpfs", orOne: true) {
      guard let text = item.text else {
        fields.mistyped("tmpfs", item, "a list of strings")
        continue
      }
      do throws(VolumeEntry.Failure) { add(try Self.tmpfs(text)) } catch {
        report.error(.invalidValue, item.place, "service \"\(name)\": tmpfs \(error.message)", hint: error.hint)
      }
    }
    return mounts
  }

  private func mount(_ item: Node) throws(VolumeEntry.Failure) -> Mount? {
    let inner = Fields(node: item, subject: "\(fields.subject), volumes", report: report)
    let entry: VolumeEntry
    if item.mapping != nil {
      entry = try VolumeEntry(long: inner)
    } else {
      guard let text = item.text else { throw VolumeEntry.Failure(message: "must be a string or a mapping, not \(item.kind)") }
      entry = try VolumeEntry(short: item, text: text)
    }
    var mount = Mount(source: .anonymousVolume, target: entry.target, isReadOnly: entry.isReadOnly, noCopy: entry.noCopy)
    switch entry.kind {
    case .bind:
      let path = Paths.absolute(entry.source ?? "", in: entry.place.origin.directory, home: project.home)
      mount.source = .bind(path: path, createsHostPath: entry.createsHostPath, propagation: entry.propagation)
      if let propagation = entry.propagation, !["private", "rprivate", "shared", "rshared", "slave", "rslave"].contains(propagation) {
        report.error(
          .invalidValue, item.place, "\(inner.subject): propagation \"\(propagation)\" is not known",
          hint: "there are private, rprivate, shared, rshared, slave and rslave")
      }
    case .volume:
      mount.subpath = inner.child("volume")?.text("subpath")
      if let subpath = mount.subpath, subpath.hasPrefix("/") || subpath.split(separator: "/").contains("..") {
        throw VolumeEntry.Failure(
          message: "has the subpath \"\(subpath)\", which leads out of the volume", hint: "write a path inside it, as data/web")
      }
      guard let source = entry.source, !source.isEmpty else { break }
      guard let volume = project.volumes[source] else {
        let near = nearestName(to: source, among: project.volumes.keys).map { "did you mean \"\($0)\"?" }
        let path = source.contains("/") ? "a path of the host starts with ./ or /" : nil
        report.error(
          .undeclared, entry.place, "service \"\(name)\" uses the volume \"\(source)\", which is not declared",
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

  private func grants(_ key: String, _ noun: String, known: Set<String>, directory: String) -> [FileGrant] {
    var grants: [FileGrant] = []
    for item in fields.items(key) {
      let inner = Fields(node: item, subject: "\(fields.subject), \(key)", report: report)
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
        let near = nearestName(to: source, among: known).map { "did you mean \"\($0)\"?" }
        report.error(
          .undeclared, item["source"]?.place ?? item.place, "service \"\(name)\" uses the \(noun) \"\(source)\", which is not declared",
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
