import CLinux
import Cgroups
import ContainerSetup
import Glibc
import LinuxKit
import OCI
import Seccomp
import ShimProtocol
import ShimSetup

/// Makes a container up to the moment where it waits for `start`.
struct Creation {
  var call: Call
  var id: String
  /// Absolute.
  var bundle: String
  var pidFile: String?
  var preserved: Int32
  var console: Console

  /// Returns the container and, where nobody else got it, the terminal's master.
  func run() throws -> (container: Container, master: SharedDescriptor?) {
    let (written, bytes) = try Configuration.read(bundle + "/config.json")
    var spec = written
    passListeners(&spec.process)
    try console.check(spec.process)
    let place = call.usesSystemd ? try UnitPlace(spec.linux.cgroupsPath, id: id) : nil
    let path = place?.path ?? spec.linux.cgroupsPath.flatMap { $0.isEmpty ? nil : $0 } ?? "/muster-oci/" + id
    if place == nil, path.split(separator: ":").count == 3 {
      throw Failure("linux.cgroupsPath: \(path) is of systemd; say --systemd-cgroup, or use the cgroupfs manager")
    }
    let cgroup = try PlacedCgroup(path: path)
    let plan = try bundlePlan(spec, try facts(spec, cgroup))
    for warning in plan.warnings { call.journal.warn(warning) }
    let ownsPID = plan.namespaces.contains(.pid)
    let rootfs = try absolutePath(spec.root.path.hasPrefix("/") ? spec.root.path : bundle + "/" + spec.root.path)
    var container = try Container.make(
      root: call.root,
      file: StateFile(
        id: id, pid: 0, startTime: 0, bundle: bundle, rootfs: rootfs, created: Timestamp.text(WallClock.nanoseconds()), cgroup: path,
        unit: place?.unit, ownsPID: ownsPID, annotations: spec.annotations ?? [:]),
      configuration: bytes)
    let limits: ResourceLimits
    let placeholder: Placeholder?
    do {
      limits = try bundleLimits(spec.linux.resources)
      placeholder = try place.map { try startUnit($0, id: id, limits, annotations: spec.annotations ?? [:]) }
      if place == nil { try cgroup.make(limits) }
    } catch {
      // The group may be somebody else's: nothing of it is touched.
      try? container.removeDirectory()
      throw error
    }
    defer { placeholder?.end() }
    do {
      // What systemd has no word for; the group is delegated.
      if place != nil { try cgroup.apply(limits) }
      for word in cgroup.discarded(limits) { call.journal.warn("this machine has nothing for it: " + word) }
      let master = try spawn(spec, plan, cgroup, &container)
      if let pidFile { try writePID(container.file.pid, to: pidFile) }
      return (container, master)
    } catch {
      container.destroy(spec, journal: call.journal)
      throw error
    }
  }

  private func facts(_ spec: RuntimeSpec, _ cgroup: PlacedCgroup) throws -> BundleFacts {
    let own = try CapabilitySet.permitted()
    let hasUsers = spec.linux.namespaces.contains { $0.type == "user" }
    let view: CgroupView = cgroup.version == .v2 ? .unified : .legacy(cgroup.hierarchies, hasUnified: cgroup.hasUnified)
    return BundleFacts(
      bundle: bundle,
      cgroups: .init(
        view: view, directories: cgroup.directories.map { .init(controllers: $0.controllers, path: $0.path) },
        hasNamespace: spec.linux.namespaces.contains { $0.type == "cgroup" && $0.path?.isEmpty != false }),
      // In a user namespace of its own the container has all of them, which reach no further than it.
      capabilities: hasUsers ? .known : own, hasNewUsers: hasUsers, hardLimit: ownHardLimit)
  }

  private func spawn(_ spec: RuntimeSpec, _ plan: BundlePlan, _ cgroup: PlacedCgroup, _ container: inout Container) throws
    -> SharedDescriptor?
  {
    let joins = try plan.joins.map { entry in
      let descriptor = SharedDescriptor(try Descriptor.open(entry.path ?? "", O_RDONLY))
      let kind = try Namespaces.kind(of: descriptor.number)
      guard kind == namespaceKind(entry.type) else { throw Failure("linux.namespaces: \(entry.path ?? "") is not of type \(entry.type)") }
      return (descriptor: descriptor, kind: kind)
    }
    let socket = container.startSocket
    let slots = try descriptors(for: plan.slots, spec) { SharedDescriptor(try UnixSocket.listen(path: socket)) }
    let spawn = BundleSpawn(plan: plan, joins: joins, cgroups: try cgroup.openProcs(), slots: slots, preserved: preserved)
    let (pid, channel) = try spawn.start()
    container.file.pid = pid
    container.file.startTime = ProcessTable.start(of: pid)?.time ?? 0
    try container.save()
    let hooks = (spec.hooks?.prestart ?? []) + (spec.hooks?.createRuntime ?? [])
    var conversation = Conversation(plan: plan, pid: pid, channel: channel, console: console)
    conversation.size = spec.process.consoleSize.map { TerminalSize(rows: $0.height, columns: $0.width) }
    let creating = Array(JSON.line(container.state(.creating)).utf8)
    return try conversation.follow { meeting in
      switch meeting {
      case .rootPrepared: for hook in hooks { try runHook(HookCall(hook), state: creating) }
      }
      return creating
    }
  }

  /// Sockets of socket activation (sd_listen_fds(3)) are passed on.
  private func passListeners(_ process: inout RuntimeSpec.Process) {
    guard let count = getenv("LISTEN_FDS").map({ String(cString: $0) }), preserved >= Int32(count) ?? .max else { return }
    process.env += ["LISTEN_FDS=" + count, "LISTEN_PID=1"]
  }
}

/// How many descriptors from 3 on are the program's: those that are asked for, and those of socket activation.
func preservedDescriptors(_ words: Words) throws -> Int32 {
  let asked = try words.number("preserve-fds", Int32.self) ?? 0
  let listening = getenv("LISTEN_FDS").flatMap { Int32(String(cString: $0)) } ?? 0
  let count = asked + listening
  guard (0...1000).contains(count) else { throw Failure("--preserve-fds: \(count) is not possible") }
  for number in 0..<count where fcntl(number + 3, F_GETFD) < 0 { throw Failure("--preserve-fds: there is no descriptor \(number + 3)") }
  return count
}

/// Opens what a plan needs.
func descriptors(for slots: [BundleSlot], _ spec: RuntimeSpec, start: () throws -> SharedDescriptor) throws -> [SharedDescriptor] {
  try slots.map { slot in
    switch slot {
    case .seccomp:
      guard let written = spec.linux.seccomp else { throw Failure("linux.seccomp: is missing") }
      return SharedDescriptor(try memoryFile(name: "seccomp", try Seccomp.filter(of: Profile(written))))
    case .start: return try start()
    case .tree(let path, let isRecursive):
      return SharedDescriptor(try cloneMount(try Descriptor.open(path, openPathOnly), isRecursive: isRecursive))
    case .mappedTree(let path, let isRecursive, let ranges, let mapsBelow):
      return SharedDescriptor(try mappedTree(path, ranges, isRecursive: isRecursive, mapsBelow: mapsBelow))
    case .users(let path):
      let namespace = SharedDescriptor(try Descriptor.open(path, O_RDONLY))
      guard try Namespaces.kind(of: namespace.number) == .user else { throw Failure("linux.namespaces: \(path) is not of type user") }
      return namespace
    }
  }
}

private func mappedTree(_ path: String, _ ranges: IDRanges, isRecursive: Bool, mapsBelow: Bool) throws -> Descriptor {
  let users = try makeUserNamespace(ranges)
  do throws(KernelError) {
    return try mappedMount(try Descriptor.open(path, openPathOnly), users: users, isRecursive: isRecursive, mapsBelow: mapsBelow)
  } catch {
    if error.errno == EINVAL { throw Failure("mounts: \(path): its file system has no ID-mapped mounts") }
    throw error
  }
}

/// This process's own hard limit of a resource.
let ownHardLimit: @Sendable (Int32) -> UInt64 = { resource in
  var soft: UInt64 = 0
  var hard: UInt64 = 0
  return clinux_getrlimit(resource, &soft, &hard) == 0 ? hard : .max
}

/// `O_PATH`.
private let openPathOnly: Int32 = 0o10000000

/// Written as a whole, as callers wait for the file.
func writePID(_ pid: Int32, to path: String) throws {
  let temporary = path + ".tmp"
  unlink(temporary)
  try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644).writeAll(String(pid))
  if rename(temporary, path) != 0 { throw KernelError.last("rename(2)", [path]) }
}
