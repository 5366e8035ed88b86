public import LinuxKit

/// Which control groups the machine has.
public enum CgroupVersion: String, Sendable {
  case v1
  /// Version 1 controllers, and a version 2 hierarchy beside them.
  case hybrid
  case v2
}

/// Makes and finds the control groups of one engine.
public protocol CgroupDriver: Sendable {
  var version: CgroupVersion { get }
  /// The controllers of each version 1 hierarchy that groups are made in: `[["cpu", "cpuacct"], ["memory"]]`.
  var hierarchies: [[String]] { get }
  /// Whether groups are made in a version 2 hierarchy (too).
  var hasUnified: Bool { get }
  /// Makes a group with limits. One of that name that is left over and empty is replaced; one with processes is an error.
  func create(_ name: String, _ limits: ResourceLimits) throws(CgroupError) -> any Cgroup
  /// A group that was made earlier, also by another engine's process.
  func find(_ name: String) -> (any Cgroup)?
  /// The names of all groups there are.
  func names() throws(CgroupError) -> [String]
}

/// One container's control group: a directory in each hierarchy.
public protocol Cgroup: Sendable {
  var name: String { get }
  /// How many descriptors `openProcs` gives.
  var procsCount: Int { get }
  /// The files of all hierarchies that take a process in, for writing: one of a single thread that writes 0 to each is in the group.
  ///
  /// In version 1 they are the `tasks`: for those the kernel does not stop every fork and exec of the machine and wait for an RCU grace period, as
  /// it does for `cgroup.procs`.
  func openProcs() throws(CgroupError) -> [SharedDescriptor]
  /// The same for a process that is yet to be made: of version 2 the group's directory, in which it begins its life (`CLONE_INTO_CGROUP`).
  func openForClone() throws(CgroupError) -> [SharedDescriptor]
  /// Sets limits; those that are nil stay as they are.
  func apply(_ limits: ResourceLimits) throws(CgroupError)
  /// Which of the limits `apply` lets go because this machine has nothing for them, in words for the user.
  func discarded(_ limits: ResourceLimits) -> [String]
  /// All processes, those of nested groups included.
  func processes() throws(CgroupError) -> [Int32]
  /// A group within this one, made when it is missing, whose processes can be told from the others and killed alone. It goes with this one.
  func nested(_ name: String) throws(CgroupError) -> NestedGroup
  /// Kills all of them, those that are frozen too.
  func kill() throws(CgroupError)
  /// Removes the group, nested ones included, waiting for killed processes to be gone. A group that is gone is fine.
  func remove() async throws
  /// How often the kernel has killed a process for want of memory.
  var oomKills: Int { get }
  /// Stops all processes where they are, and lets them go on.
  func freeze() throws(CgroupError)
  func thaw() throws(CgroupError)
  /// Whether its processes are held still.
  var isFrozen: Bool { get }
  /// What it uses now.
  func usage() -> CgroupUsage
  /// Bytes of memory that it may use; nil: as many as there are.
  var memoryLimit: Int64? { get }
  /// What has been read from and written to disks.
  func blockUsage() -> [BlockUsage]
}

/// A part of a group: `joined` is what a process joins to be in it, `inner` what kills only its processes.
public struct NestedGroup: Sendable {
  public var joined: any Cgroup
  public var inner: any Cgroup
}

/// Bytes that have gone from and to a disk.
public struct BlockUsage: Equatable, Sendable {
  public var major: Int
  public var minor: Int
  public var read: Int64
  public var written: Int64
}

/// What a group uses; nil is not known.
public struct CgroupUsage: Equatable, Sendable {
  /// Bytes, without file cache that is not in use (as `docker stats` counts).
  public var memory: Int64?
  /// Nanoseconds of processor time since the group was made.
  public var cpu: Int64?
  /// Processes and threads.
  public var pids: Int64?
  public init(memory: Int64? = nil, cpu: Int64? = nil, pids: Int64? = nil) {
    self.memory = memory
    self.cpu = cpu
    self.pids = pids
  }
}

/// The machine's driver. `namespace` is the directory that the groups are in: `muster`, or `muster-` and something for a further engine.
///
/// Version 1 and hybrid: below the engine's own group of each controller. Version 2: at the top of the tree.
public func cgroupDriver(namespace: String) throws -> any CgroupDriver {
  let layout = try CgroupLayout.ofThisMachine()
  return GroupDriver(layout: layout, namespace: try groupName(namespace))
}

/// A driver of groups in a directory of version 2 that somebody, as systemd, has left to this engine.
public func cgroupDriver(namespace: String, delegated directory: String) throws -> any CgroupDriver {
  let hierarchy = Hierarchy(controllers: [], isUnified: true, mountPoint: directory, own: directory)
  return GroupDriver(layout: CgroupLayout(version: .v2, hierarchies: [hierarchy]), namespace: try groupName(namespace))
}

/// Where this machine's only hierarchy is mounted, when that is of version 2, and which group of it a process is in; nil with version 1.
public func unifiedPlace(of pid: Int32) throws -> (mountPoint: String, group: String)? {
  let layout = try CgroupLayout.ofThisMachine()
  guard layout.version == .v2, let hierarchy = layout.hierarchies.first else { return nil }
  return (hierarchy.mountPoint, Membership(try GroupDirectory.text("/proc/\(pid)/cgroup")).unified)
}
