import Cgroups
import ContainerRuntime
import Glibc
import LinuxKit
import Synchronization
import Systemd

/// The unit of systemd that this engine's containers and their shims are in, where systemd owns the tree of control groups (version 2).
///
/// `system.slice/muster.scope` is delegated: systemd neither touches what is below it nor ends it with the engine or with the session that
/// started the engine. `shims` is the group of the shims, `containers` has a group for each container. The scope is there as long as one
/// of its processes is; a shim without a container keeps it for the engine's time.
final class ContainerScope: Sendable {
  private let name: String
  private let description: String
  private let runtime: ContainerRuntime
  private let directory: String
  private let keeper = Mutex<SharedDescriptor?>(nil)

  /// nil: systemd does not own the tree, or there is version 1 in it.
  init?(suffix: String, root: String, runtime: ContainerRuntime) throws {
    guard Systemd.isRunning, let place = try unifiedPlace(of: getpid()) else { return nil }
    name = suffix.isEmpty ? "muster.scope" : "muster-\(suffix).scope"
    description = "Containers of Muster in \(root)"
    self.runtime = runtime
    directory = "\(place.mountPoint)/system.slice/\(name)"
    try open()
  }

  /// Where the groups of containers are made.
  func driver() throws -> any CgroupDriver {
    ScopedDriver(base: try cgroupDriver(namespace: "containers", delegated: directory), scope: self)
  }

  /// Makes the scope again when somebody has stopped it.
  func ensure() throws {
    if access(shims + "/cgroup.procs", F_OK) != 0 { try open() }
  }

  /// Keeps the scope no longer: it goes with the last container.
  func close() { keeper.withLock { $0 = nil } }

  private var shims: String { directory + "/shims" }

  private func open() throws {
    try keeper.withLock { keeper in
      if keeper != nil, access(shims + "/cgroup.procs", F_OK) == 0 { return }
      let (pid, hold) = try runtime.placeholder()
      var attempt = 1
      while true {
        if access(directory, F_OK) != 0 { try start(pid) }
        do throws(KernelError) {
          runtime.settle(in: try enter(pid))
          keeper = hold
          return
        } catch {
          // systemd takes an empty scope away at any moment; then there is a new one.
          guard attempt < 20, error.errno == ENOENT || error.errno == ENODEV else { throw error }
          attempt += 1
          usleep(20_000)
        }
      }
    }
  }

  /// Puts a process into the group of the shims, which is made when the scope is there: processes and limited groups do not go together in one.
  private func enter(_ pid: Int32) throws(KernelError) -> SharedDescriptor {
    if mkdir(shims, 0o755) != 0, errno != EEXIST { throw KernelError.last("mkdir(2)", [shims]) }
    let procs = SharedDescriptor(try Descriptor.open(shims + "/cgroup.procs", O_WRONLY))
    try procs.descriptor.writeAll(String(pid))
    return procs
  }

  private func start(_ pid: Int32) throws {
    var properties: [UnitProperty] = [
      UnitProperty("Description", .text(description)), UnitProperty("Slice", .text("system.slice")),
      UnitProperty("PIDs", .numbers([UInt32(pid)])), UnitProperty("Delegate", .flag(true)), UnitProperty("TasksMax", .number(.max)),
      UnitProperty("CollectMode", .text("inactive-or-failed")), UnitProperty("TimeoutStopUSec", .number(15_000_000)),
    ]
    // When the machine goes down the engine ends first, so that it does not start again what ends with the scope.
    let own = try unifiedPlace(of: getpid())?.group.split(separator: "/")
    if let unit = own?.last(where: { $0.hasSuffix(".service") || $0.hasSuffix(".scope") }) {
      properties.append(UnitProperty("Before", .texts([String(unit)])))
    }
    try startScope(name, properties)
  }
}

/// Makes groups in the scope, which is made again when it is gone.
private struct ScopedDriver: CgroupDriver {
  let base: any CgroupDriver
  let scope: ContainerScope

  var version: CgroupVersion { base.version }
  var hierarchies: [[String]] { base.hierarchies }
  var hasUnified: Bool { base.hasUnified }
  func find(_ name: String) -> (any Cgroup)? { base.find(name) }
  func names() throws(CgroupError) -> [String] { try base.names() }

  func create(_ name: String, _ limits: ResourceLimits) throws(CgroupError) -> any Cgroup {
    do { try scope.ensure() } catch { throw CgroupError("starting the scope of", name, hint: "\(error)") }
    return try base.create(name, limits)
  }
}
