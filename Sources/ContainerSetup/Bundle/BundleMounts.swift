import LinuxKit
import OCI
import ShimProtocol

/// The steps of `mounts`, in the order they are written.
func bundleMountSteps(_ spec: RuntimeSpec, _ facts: BundleFacts, slots: inout BundleSlots) throws(SetupError) -> [BundleStep] {
  try checkMountCount(spec.mounts.count, key: "mounts")
  var steps: [BundleStep] = []
  for mount in spec.mounts {
    guard mount.destination.hasPrefix("/") || !mount.destination.isEmpty else { throw SetupError("mounts: a destination is empty") }
    let target = mount.destination.hasPrefix("/") ? mount.destination : "/" + mount.destination
    let options = try MountOptions(bundled: mount)
    if !options.isBind, options.mapsIDs || mount.uidMappings?.isEmpty == false || mount.gidMappings?.isEmpty == false {
      throw SetupError("mounts: \(target): only a bind can have other owners (idmap, uidMappings, gidMappings)")
    }
    if options.isBind {
      steps += try bindSteps(mount, target, options, spec, facts, &slots)
      continue
    }
    switch mount.type {
    case "cgroup", "cgroup2": steps += cgroupMountSteps(facts.cgroups, target, options.attributes)
    case "tmpfs":
      steps.append(.mountTmpfs(target: target, options: options.data, attributes: options.attributes, copiesUp: options.copiesUp))
    case let type? where !type.isEmpty && type != "none":
      var data = options.data
      // Of a device, or a name that tables of mounts show.
      if let source = mount.source, !source.isEmpty { data.insert(MountOption("source", source), at: 0) }
      steps.append(.setup(.mount(type: type, target: target, options: data, attributes: options.attributes)))
    default: throw SetupError("mounts: \(target) has no type")
    }
    if let propagation = options.propagation, propagation != .isPrivate {
      steps.append(.propagate(target: target, propagation, isRecursive: options.propagatesBelow))
    }
  }
  return steps
}

private func bindSteps(
  _ mount: RuntimeSpec.Mount, _ target: String, _ options: MountOptions, _ spec: RuntimeSpec, _ facts: BundleFacts,
  _ slots: inout BundleSlots
) throws(SetupError) -> [BundleStep] {
  guard let written = mount.source, !written.isEmpty else { throw SetupError("mounts: \(target) is a bind without a source") }
  let path = written.hasPrefix("/") ? written : facts.bundle + "/" + written
  if let ranges = try mountRanges(mount, options, spec) {
    let slot = slots.add(
      .mappedTree(path: path, isRecursive: options.isRecursive, ranges: ranges, mapsBelow: options.mapsIDsBelow))
    return options.bindSteps(of: .slot(slot), target: target).map { .setup($0) }
  }
  // With user numbers of its own the container may not be able to look there: the parent does.
  let source = facts.hasNewUsers ? BindSource.slot(slots.add(.tree(path: path, isRecursive: options.isRecursive))) : .path(path)
  return options.bindSteps(of: source, target: target).map { .setup($0) }
}

/// By which numbers the owners of a bind's files are counted: its own, or with `idmap` alone the container's; nil: they stay what they are.
private func mountRanges(_ mount: RuntimeSpec.Mount, _ options: MountOptions, _ spec: RuntimeSpec) throws(SetupError) -> IDRanges? {
  let own = IDRanges(users: idRanges(mount.uidMappings), groups: idRanges(mount.gidMappings))
  if own.users.isEmpty != own.groups.isEmpty {
    throw SetupError("mounts: \(mount.destination): uidMappings and gidMappings are given together, or neither is")
  }
  if !own.users.isEmpty { return own }
  if !options.mapsIDs { return nil }
  let whole = IDRanges(users: idRanges(spec.linux.uidMappings), groups: idRanges(spec.linux.gidMappings))
  if whole.users.isEmpty || whole.groups.isEmpty {
    throw SetupError("mounts: \(mount.destination): the option idmap needs uidMappings and gidMappings, of the mount or of linux")
  }
  return whole
}

func idRanges(_ mappings: [RuntimeSpec.IDMapping]?) -> [IDRange] {
  (mappings ?? []).map { IDRange(inside: $0.containerID, outside: $0.hostID, count: $0.size) }
}

/// The container's own groups: through its cgroup namespace, or bound where it has none.
private func cgroupMountSteps(_ view: BundleFacts.Cgroups, _ target: String, _ attributes: MountAttributes) -> [BundleStep] {
  if view.hasNamespace { return cgroupSteps(view.view, target: target, attributes: attributes).map { .setup($0) } }
  func bind(_ path: String, _ place: String) -> BundleStep {
    .setup(.bind(source: .path(path), target: place, isRecursive: false, attributes: attributes, propagation: .isPrivate))
  }
  switch view.view {
  case .none: return []
  case .unified: return view.directories.first.map { [bind($0.path, target)] } ?? []
  case .legacy:
    var steps: [BundleStep] = [
      .setup(.mount(type: "tmpfs", target: target, options: [MountOption("mode", "755")], attributes: attributes.subtracting(.readOnly)))
    ]
    for directory in view.directories {
      let place = directory.controllers.isEmpty ? "unified" : directory.controllers.joined(separator: ",")
      steps.append(bind(directory.path, target + "/" + place))
      if directory.controllers.count > 1 {
        steps += directory.controllers.map { .setup(.makeSymlink(target: target + "/" + $0, pointsTo: place)) }
      }
    }
    if attributes.contains(.readOnly) { steps.append(.setup(.remount(target: target, attributes: attributes, isRecursive: false))) }
    return steps
  }
}

/// What every /dev has, and the container's own devices; nothing when the host's is bound there.
func bundleDeviceSteps(_ spec: RuntimeSpec, _ facts: BundleFacts, slots: inout BundleSlots) throws(SetupError) -> [BundleStep] {
  let foreign = spec.mounts.contains { mount in
    ["/dev", "/dev/"].contains(mount.destination)
      && (mount.type == "bind" || (mount.options ?? []).contains { $0 == "bind" || $0 == "rbind" })
  }
  if foreign { return [] }
  let devices = spec.linux.devices ?? []
  var steps: [BundleStep] = []
  func add(_ path: String, _ kind: NodeKind, _ major: UInt32, _ minor: UInt32, _ mode: UInt32, _ uid: UInt32, _ gid: UInt32) {
    let slot = facts.hasNewUsers ? slots.add(.tree(path: path, isRecursive: false)) : nil
    steps.append(.makeDevice(target: path, kind: kind, major: major, minor: minor, mode: mode, uid: uid, gid: gid, slot: slot))
  }
  let own = Set(devices.map(\.path))
  for device in defaultDevices where !own.contains("/dev/" + device.name) {
    add("/dev/" + device.name, .character, device.major, device.minor, 0o666, 0, 0)
  }
  for device in devices {
    let kind: NodeKind
    switch device.type {
    case "c", "u": kind = .character
    case "b": kind = .block
    case "p": kind = .fifo
    default: throw SetupError("linux.devices: \(device.path): \"\(device.type)\" is not a type of device")
    }
    if kind != .fifo, device.major == nil || device.minor == nil { throw SetupError("linux.devices: \(device.path) has no numbers") }
    add(
      device.path, kind, UInt32(clamping: device.major ?? 0), UInt32(clamping: device.minor ?? 0), (device.fileMode ?? 0o666) & 0o7777,
      device.uid ?? 0, device.gid ?? 0)
  }
  if spec.process.terminal == true { steps.append(.setup(.bindConsole)) }
  if spec.mounts.contains(where: { $0.type == "devpts" }) {
    steps.append(.makeLink(target: "/dev/ptmx", pointsTo: "pts/ptmx", replaces: true))
  }
  let links = [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")]
  return steps + links.map { .makeLink(target: "/dev/" + $0.0, pointsTo: $0.1, replaces: false) }
}
