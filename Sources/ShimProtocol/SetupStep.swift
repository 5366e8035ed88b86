public import LinuxKit

/// One thing the container's first process (or an `exec`ed one) does to itself on its way to the user's program.
///
/// The list is the order; the shim interprets it and decides nothing. Paths named `target` are inside the container's root and
/// are resolved with `RESOLVE_IN_ROOT`; a slot is an index into the descriptors that came with the request.
public enum SetupStep: Equatable, Sendable {
  // Cgroups and namespaces (the namespaces themselves are made by clone3, see `ContainerStart.namespaces`)
  /// Write this process into each file of `ContainerStart.cgroupSlots`.
  case joinCgroups
  case unshareCgroup
  /// Leave the host's user namespace and become root of the container's; the other namespaces, those of `ContainerStart.namespaces` and
  /// those that are joined, are entered from there. What needs the host's root (limits, cgroups) comes before it.
  case enterUsers(UserEntry)
  case setHostname(String)
  case setDomainname(String)

  // The root file system
  /// Make every mount of the new mount namespace a slave, so that nothing made here leaks out.
  case isolateMounts
  /// Mount an overlay, which becomes the container's root. `lower` is topmost first; paths may be relative to `directory`.
  case overlayRoot(directory: String, lower: [String], upper: String, work: String, attributes: MountAttributes)
  /// Take an existing directory as the root (bound to itself).
  case bindRoot(path: String, attributes: MountAttributes)
  /// Take a detached mount that came as a descriptor as the root.
  case attachRoot(slot: Int)
  /// Make a file system and mount it on `target`, which is made when missing. `options` are fsconfig strings, a flag having an empty value.
  case mount(type: String, target: String, options: [MountOption], attributes: MountAttributes)
  /// Bind something of the host on `target`, which is made as a directory or file, like the source, when it is missing.
  case bind(source: BindSource, target: String, isRecursive: Bool, attributes: MountAttributes, propagation: Propagation?)
  /// Make a directory and its parents.
  case makeDirectory(target: String, mode: UInt32)
  case makeSymlink(target: String, pointsTo: String)
  case makeNode(target: String, kind: NodeKind, major: UInt32, minor: UInt32, mode: UInt32, uid: UInt32, gid: UInt32)
  /// Write a file whose content is read from a descriptor, replacing nothing. A textual owner is resolved in the container's passwd and group;
  /// an empty one is that of `user` (as in `becomeUser`), or root without one.
  case writeFile(slot: Int, target: String, mode: UInt32, uid: String, gid: String, user: String)
  /// Change the attributes of the mount on `target` (of the root for "/").
  case remount(target: String, attributes: MountAttributes, isRecursive: Bool)
  /// With a terminal: bind the pty's slave to /dev/console.
  case bindConsole
  case pivotRoot
  /// Make a path unreadable: a file becomes /dev/null, a directory an empty read-only tmpfs. A missing one is fine.
  case mask(target: String)
  /// Make a path read-only. A missing one is fine.
  case protect(target: String)
  /// Write /proc/sys through a private procfs. `name` with dots.
  case sysctl(name: String, value: String)

  // Meeting the engine
  /// Report that the namespaces exist and wait until the engine says `start`; its network is made meanwhile.
  case awaitStart

  // The network, from inside
  case interfaceUp(name: String)
  /// Rename the interface that has come by the name of `origin`, give it addresses and bring it up.
  case configureInterface(origin: String, name: String, addresses: [String], mtu: UInt32)
  case defaultRoute(gateway: String)
  /// Send everything of a family without a route of its own out by an interface, without a gateway.
  case routeByInterface(name: String, isIPv6: Bool)

  // The process
  case newSession
  /// The pty's slave as controlling terminal and descriptors 0, 1, 2.
  case controllingTerminal
  /// The pty's slave as descriptors 0, 1, 2, which becomes the controlling terminal once there is the process that it is for.
  case terminalStreams
  /// Up to here nobody of the container has seen this process, which is in no pid namespace of it: a process beside it goes on, which is, and which has
  /// nothing that the container has not. For a container whose processes may trace others (CAP_SYS_PTRACE).
  case appear
  case newKeyring
  case umask(UInt32)
  case resourceLimit(resource: Int32, soft: UInt64, hard: UInt64)
  case oomScoreAdjust(Int)
  /// Have the kernel change the AppArmor profile with `execve`.
  case appArmor(profile: String)
  /// Make the directory when it is missing and change to it.
  case workingDirectory(target: String, createsMissing: Bool)
  /// Drop these from the bounding set: everything not in it.
  case boundingCapabilities(CapabilitySet)
  /// Resolve `user` in the container's own passwd and group and become it, supplementary groups included, keeping permitted capabilities.
  case becomeUser(user: String, groups: [String])
  /// Set effective and permitted; inheritable and ambient become `inheritable` and `ambient`. For a non-root user of Docker's default all are empty.
  case capabilities(CapabilitySetup)
  case noNewPrivileges
  case dieWithParent
  /// Load the BPF program in the descriptor.
  case seccomp(slot: Int)
  /// Close everything from 3 upwards and run the program. A name without slash is looked up in the environment's PATH.
  /// `HOME` is added from passwd when absent.
  case execute(arguments: [String], environment: [String])
}

/// One option of a new file system: `size=64m` is (`size`, `64m`); a flag has no value.
public struct MountOption: Equatable, Sendable {
  public var key: String
  public var value: String?
  public init(_ key: String, _ value: String? = nil) {
    self.key = key
    self.value = value
  }
}

/// What is bound into a container.
public enum BindSource: Equatable, Sendable {
  /// A path of the host, followed as the host's administrator wrote it; after `pivotRoot`, when there is no host, one of the container, inside its root.
  case path(String)
  /// A descriptor that came with the request (O_PATH or a detached mount).
  case slot(Int)
  /// What is mounted at a path of another mount namespace, whose descriptor came with the request; it is resolved inside that one's root.
  case elsewhere(namespace: Int, path: String)
}

/// How a process comes into a user namespace.
public struct UserEntry: Equatable, Sendable {
  public enum Way: Equatable, Sendable {
    /// A new one with these numbers.
    case make(IDRanges)
    /// One whose descriptor came with the request.
    case join(slot: Int)
    /// That of the process which is joined with all its namespaces (`exec`).
    case follow
  }
  public var way: Way
  /// Its root in the host's numbers, who gets the standard streams.
  public var root: FileOwner
  public init(_ way: Way, root: FileOwner) {
    self.way = way
    self.root = root
  }
}

extension UserEntry {
  /// The numbers of a new one.
  public var ranges: IDRanges? {
    if case .make(let ranges) = way { ranges } else { nil }
  }
}

extension SetupStep {
  /// Of `enterUsers`.
  public var userEntry: UserEntry? {
    if case .enterUsers(let entry) = self { entry } else { nil }
  }
}

/// Mount propagation (`mount_namespaces(7)`).
public enum Propagation: UInt8, Equatable, Sendable { case isPrivate, slave, shared, unbindable }

/// Kinds of device node.
public enum NodeKind: UInt8, Equatable, Sendable { case character, block, fifo }

/// The capability sets at the moment of `execve`. What a non-root user gets is decided by the kernel's rules from these.
public struct CapabilitySetup: Equatable, Sendable {
  public var effective: CapabilitySet
  public var permitted: CapabilitySet
  public var inheritable: CapabilitySet
  public var ambient: CapabilitySet
  public init(effective: CapabilitySet, permitted: CapabilitySet, inheritable: CapabilitySet = [], ambient: CapabilitySet = []) {
    self.effective = effective
    self.permitted = permitted
    self.inheritable = inheritable
    self.ambient = ambient
  }
}
