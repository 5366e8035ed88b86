import LinuxKit
import OCI
import ShimProtocol
import StackModel

/// All mounts and devices, from /proc to the service's volumes.
func mountSteps(
  _ inputs: ContainerInputs, _ spec: RuntimeSpec, _ mounts: ContainerMounts, _ slots: SlotTable
) -> [SetupStep] {
  var steps: [SetupStep] = []
  func add(_ mount: RuntimeSpec.Mount) {
    steps += mountStep(mount, inputs, source: source(of: mount, mounts, slots))
  }
  for mount in mounts.standard { add(mount) }
  // A /dev that the user brings as tmpfs is filled like the usual one, so it must be there first.
  for mount in mounts.own where mount.destination == "/dev" { add(mount) }
  if !mounts.hasForeignDev {
    steps += deviceSteps(spec.linux.devices ?? [], of: mounts.devices)
    if inputs.options.hasTerminal { steps.append(.bindConsole) }
  }
  for mount in mounts.own where mount.destination != "/dev" { add(mount) }
  return steps
}

/// What a bind is of.
private func source(of mount: RuntimeSpec.Mount, _ mounts: ContainerMounts, _ slots: SlotTable) -> BindSource {
  guard let kind = mounts.slotSources[mount.destination], let slot = slots[kind] else { return .path(mount.source ?? "") }
  return kind == .sharedMemory ? .elsewhere(namespace: slot, path: "/dev/shm") : .slot(slot)
}

/// One entry of `mounts`.
private func mountStep(_ mount: RuntimeSpec.Mount, _ inputs: ContainerInputs, source: BindSource) -> [SetupStep] {
  let options = MountOptions(mount.options ?? [])
  switch mount.type {
  case "bind": return options.bindSteps(of: source, target: mount.destination)
  case "tmpfs" where mount.destination == grantDirectory && source != .path(mount.source ?? ""):
    return [
      .bind(source: source, target: mount.destination, isRecursive: false, attributes: options.attributes, propagation: .isPrivate)
    ]
  case "cgroup" where inputs.users != nil && inputs.options.usesHostCgroup == true:
    // The host's groups cannot be mounted by who is not root there; they are where the host has them.
    return [
      .bind(
        source: .path("/sys/fs/cgroup"), target: mount.destination, isRecursive: true, attributes: options.attributes,
        propagation: .isPrivate)
    ]
  case "cgroup": return cgroupSteps(inputs.host.cgroups, target: mount.destination, attributes: options.attributes)
  default:
    return [
      .mount(type: mount.type ?? "", target: mount.destination, options: options.data, attributes: options.attributes)
    ]
  }
}

/// The container's own groups, as its cgroup namespace shows them.
func cgroupSteps(_ view: CgroupView, target: String, attributes: MountAttributes) -> [SetupStep] {
  switch view {
  case .none: return []
  case .unified: return [.mount(type: "cgroup2", target: target, options: [], attributes: attributes)]
  case .legacy(let hierarchies, let hasUnified):
    let around = attributes.subtracting(.readOnly)
    var steps: [SetupStep] = [
      .mount(type: "tmpfs", target: target, options: [MountOption("mode", "755")], attributes: around)
    ]
    for controllers in hierarchies {
      let place = controllers.joined(separator: ",")
      let options = controllers.map { MountOption($0) }
      steps.append(.mount(type: "cgroup", target: target + "/" + place, options: options, attributes: attributes))
      if controllers.count > 1 {
        steps += controllers.map { .makeSymlink(target: target + "/" + $0, pointsTo: place) }
      }
    }
    if hasUnified { steps.append(.mount(type: "cgroup2", target: target + "/unified", options: [], attributes: attributes)) }
    if attributes.contains(.readOnly) { steps.append(.remount(target: target, attributes: attributes, isRecursive: false)) }
    return steps
  }
}

private func deviceBind(_ path: String, _ target: String) -> SetupStep {
  .bind(source: .path(path), target: target, isRecursive: false, attributes: [], propagation: .isPrivate)
}

/// What every /dev has, and the container's own devices.
///
/// `sources`: where each is on the host, when it cannot be made: in a user namespace of the container's own, where it is bound.
private func deviceSteps(_ devices: [RuntimeSpec.Device], of sources: [String: String]?) -> [SetupStep] {
  var steps: [SetupStep] = []
  let own = Set(devices.map(\.path))
  for device in defaultDevices where !own.contains("/dev/" + device.name) {
    let path = "/dev/" + device.name
    steps.append(
      sources == nil
        ? .makeNode(target: path, kind: .character, major: device.major, minor: device.minor, mode: 0o666, uid: 0, gid: 0)
        : deviceBind(path, path))
  }
  var made: Set<String> = ["/dev"]
  for device in devices {
    if let sources {
      steps.append(deviceBind(sources[device.path] ?? device.path, device.path))
      continue
    }
    if made.insert(parent(device.path)).inserted { steps.append(.makeDirectory(target: parent(device.path), mode: 0o755)) }
    steps.append(
      .makeNode(
        target: device.path, kind: device.type == "b" ? .block : .character, major: UInt32(clamping: device.major ?? 0),
        minor: UInt32(clamping: device.minor ?? 0), mode: device.fileMode ?? 0o666, uid: device.uid ?? 0, gid: device.gid ?? 0))
  }
  let links = [
    ("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"), ("core", "/proc/kcore"),
  ]
  return steps + links.map { .makeSymlink(target: "/dev/" + $0.0, pointsTo: $0.1) }
}
