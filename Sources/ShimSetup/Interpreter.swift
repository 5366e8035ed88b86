import CLinux
import Glibc
package import LinuxKit
package import ShimProtocol

/// Carries out setup steps in the process that they are for. It decides nothing: the list is the order.
package struct Interpreter {
  package let slots: [SharedDescriptor]
  let cgroups: [SharedDescriptor]
  /// The way to the shim.
  package let channel: SharedDescriptor
  /// For a step that binds: the detached mount, where it had to be made before.
  package var tree: SharedDescriptor?
  /// The container's root: the mount that becomes it, and after the pivot, or in a running container, `/`.
  package var root: SharedDescriptor?
  /// Whether the root has become `/`.
  var isInside = false
  /// The pty's slave, once there is one.
  package var terminal: SharedDescriptor?
  /// For the step `appear`: where it is told then how the process fares.
  package var appearance: Appearance?
  /// Whether that step has been made: then there are no descriptors but the program's own.
  var hasAppeared = false
  /// From passwd, for `HOME`.
  package var home: String?

  package init(slots: [SharedDescriptor], cgroups: [SharedDescriptor], channel: SharedDescriptor) {
    self.slots = slots
    self.cgroups = cgroups
    self.channel = channel
  }

  package mutating func carryOut(_ step: SetupStep) throws {
    switch step {
    case .joinCgroups: for cgroup in cgroups { try cgroup.descriptor.writeAll("0") }
    case .unshareCgroup: try Namespaces.cgroup.unshare()
    case .setHostname(let name): try kernel("sethostname(2)", [name]) { clinux_sethostname(name, name.utf8.count) }
    case .setDomainname(let name): try kernel("setdomainname(2)", [name]) { clinux_setdomainname(name, name.utf8.count) }

    case .isolateMounts:
      try kernel("mount(2) rslave /") { clinux_mount(nil, "/", nil, UInt(CLINUX_MS_REC | CLINUX_MS_SLAVE), nil) }
    case .overlayRoot(let directory, let lower, let upper, let work, let attributes):
      try overlayRoot(directory, lower, upper, work, attributes)
    case .bindRoot(let path, let attributes): try bindRoot(path, attributes)
    case .attachRoot(let slot): try attachRoot(slot)
    case .enterUsers: throw SetupProblem(errno: EINVAL, "a process on its way cannot change its user namespace any more")
    case .mount(let type, let target, let options, let attributes): try mount(type, target, options, attributes)
    case .bind(let source, let target, let isRecursive, let attributes, let propagation):
      try bind(source, target, isRecursive: isRecursive, attributes, propagation)
    case .makeDirectory(let target, let mode): try rooted().makeDirectories(target, mode: mode)
    case .makeSymlink(let target, let pointsTo): try rooted().makeSymlink(target, pointsTo: pointsTo)
    case .makeNode(let target, let kind, let major, let minor, let mode, let uid, let gid):
      try rooted().makeNode(target, type: kind.type, mode: mode, major: major, minor: minor, owner: FileOwner(uid: uid, gid: gid))
    case .writeFile(let slot, let target, let mode, let uid, let gid, let user): try writeFile(slot, target, mode, uid, gid, user)
    case .remount(let target, let attributes, let isRecursive):
      try setAttributes(of: try rooted().locate(target), attributes, isRecursive: isRecursive)
    case .bindConsole: try bindConsole()
    case .pivotRoot: try pivotRoot()
    case .mask(let target): try mask(target)
    case .protect(let target): try protect(target)
    case .sysctl(let name, let value): try sysctl(name, value)

    case .awaitStart: try awaitStart()

    case .interfaceUp(let name): try interfaceUp(name)
    case .configureInterface(let origin, let name, let addresses, let mtu): try configureInterface(origin, name, addresses, mtu)
    case .defaultRoute(let gateway): try defaultRoute(gateway)
    case .routeByInterface(let name, let isIPv6): try routeByInterface(name, isIPv6)

    case .newSession: try kernel("setsid(2)") { setsid() }
    case .controllingTerminal: try controllingTerminal()
    case .terminalStreams: try terminalStreams()
    case .appear: try appear()
    case .newKeyring: if clinux_join_new_session_keyring() < 0, errno != ENOSYS { throw KernelError.last("keyctl(2)") }
    case .umask(let mask): Glibc.umask(mask)
    case .resourceLimit(let resource, let soft, let hard):
      try kernel("setrlimit(2)", [String(resource), String(soft), String(hard)]) { clinux_setrlimit(resource, soft, hard) }
    case .oomScoreAdjust(let score): try writeProc("self/oom_score_adj", String(score))
    case .appArmor(let profile): try confine(profile)
    case .workingDirectory(let target, let createsMissing): try workingDirectory(target, createsMissing: createsMissing)
    case .boundingCapabilities(let set): try bound(set)
    case .becomeUser(let user, let groups): try become(user, groups)
    case .capabilities(let setup): try setCapabilities(setup)
    case .noNewPrivileges: try kernel("prctl(2) PR_SET_NO_NEW_PRIVS") { clinux_prctl(Int32(CLINUX_PR_SET_NO_NEW_PRIVS), 1, 0, 0, 0) }
    case .dieWithParent:
      try kernel("prctl(2) PR_SET_PDEATHSIG") { clinux_prctl(Int32(CLINUX_PR_SET_PDEATHSIG), UInt(SIGKILL), 0, 0, 0) }
    case .seccomp(let slot): try loadFilter(slot)
    case .execute(let arguments, let environment): try execute(arguments, environment)
    }
  }

  /// The root for path lookups; `/` where no step has made one.
  package mutating func rooted() throws(KernelError) -> RootedDirectory {
    let shared: SharedDescriptor
    if let root {
      shared = root
    } else {
      shared = SharedDescriptor(try Descriptor.open("/", O_DIRECTORY | Int32(CLINUX_O_PATH)))
      root = shared
    }
    return RootedDirectory(try shared.descriptor.duplicate())
  }

  package func slot(_ index: Int) throws -> SharedDescriptor {
    guard slots.indices.contains(index) else { throw SetupProblem(errno: EBADF, "there is no descriptor in slot \(index)") }
    return slots[index]
  }

  /// The content behind a slot, whose read position other processes may share.
  package func content(_ index: Int, limit: Int) throws -> [UInt8] {
    let file = try slot(index)
    let size = Int(try file.descriptor.status().size)
    guard size <= limit else { throw SetupProblem(errno: EFBIG, "the content in slot \(index) is longer than \(limit) bytes") }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = try kernel("pread(2)") {
        bytes.withUnsafeMutableBytes {
          pread(file.number, UnsafeMutableRawBufferPointer(rebasing: $0[filled...]).baseAddress, size - filled, off_t(filled))
        }
      }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes[..<filled])
  }

  private mutating func appear() throws {
    guard let appearance else { throw SetupProblem(errno: EINVAL, "there is nobody to appear to") }
    try kernel("close_range(2)") { clinux_close_range(3, .max, 0) }
    hasAppeared = true
    try appearance.appear()
  }

  /// Tells the shim that a step could not be made.
  package func fail(_ step: Int, _ errno: Int32, _ detail: String) {
    let message = ChildMessage.failed(step: step, errno: errno, detail: detail)
    // Nobody to tell: the shim sees the end.
    if hasAppeared { appearance?.tell(message) } else { _ = try? channel.descriptor.send(message.bytes) }
  }

  private func awaitStart() throws {
    _ = try channel.descriptor.send(ChildMessage.isWaiting.bytes)
    var go: UInt8 = 0
    let number = channel.number
    // The end without a word: the shim is gone, and with it the container.
    if try kernel("read(2)", [], { read(number, &go, 1) }) == 0 { _exit(1) }
  }
}

extension NodeKind {
  package var type: UInt32 {
    switch self {
    case .character: UInt32(S_IFCHR)
    case .block: UInt32(S_IFBLK)
    case .fifo: UInt32(S_IFIFO)
    }
  }
}
