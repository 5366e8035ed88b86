import CLinux
import ContainerSetup
import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup
import SystemPackage

/// Carries out the steps of a container in the process that they are for: a shim's by the shim's interpreter, the rest here.
struct BundleInterpreter {
  var inner: Interpreter
  /// Where failures are told: the parent, then who says `start`.
  var channel: SharedDescriptor
  /// The container's state, as it was told last.
  private var state: [UInt8] = []
  private var program: (path: String, arguments: [UnsafeMutablePointer<CChar>?], environment: [UnsafeMutablePointer<CChar>?])?

  init(slots: [SharedDescriptor], cgroups: [SharedDescriptor], channel: SharedDescriptor) {
    inner = Interpreter(slots: slots, cgroups: cgroups, channel: channel)
    self.channel = channel
  }

  mutating func carryOut(_ step: BundleStep) throws {
    switch step {
    case .setup(let step):
      if case .bind(.slot(let slot), _, _, _, _) = step { inner.tree = inner.slots[slot] }
      try inner.carryOut(step)
      inner.tree = nil
    case .meetParent: try meetParent()
    case .makeParentPrivate(let path): try makeParentPrivate(path)
    case .shareMounts: try kernel("mount(2) rshared /") { clinux_mount(nil, "/", nil, UInt(CLINUX_MS_REC | CLINUX_MS_SHARED), nil) }
    case .propagate(let target, let propagation, let isRecursive):
      let place = try inner.rooted().locate(target)
      try inner.setAttributes(of: place, [], isRecursive: isRecursive, propagation: propagation.flag)
    case .mountTmpfs(let target, let options, let attributes, let copiesUp): try mountTmpfs(target, options, attributes, copiesUp)
    case .makeDevice(let target, let kind, let major, let minor, let mode, let uid, let gid, let slot):
      try makeDevice(target, kind, major, minor, mode, FileOwner(uid: uid, gid: gid), slot)
    case .makeLink(let target, let pointsTo, let replaces): try makeLink(target, pointsTo, replaces)
    case .runHook(let hook): try runHook(hook, state: state)
    case .resolveProgram(let arguments, let environment, let uid): try resolve(arguments, environment, uid)
    case .acceptStart(let slot): try acceptStart(slot)
    case .giveStreams(let uid): try giveStreams(uid)
    case .becomeIDs(let uid, let gid, let groups): try becomeIDs(uid, gid, groups)
    case .loadFilter(let slot, let flags):
      let program = try inner.content(slot, limit: 4096 * 8)
      try kernel("seccomp(2)") { program.withUnsafeBytes { clinux_seccomp_load($0.baseAddress, $0.count / 8, flags) } }
    case .executeResolved:
      guard let program else { throw SetupProblem(errno: EINVAL, "there is no program to run") }
      execve(program.path, program.arguments, program.environment)
      let error = errno
      throw Interpreter.problem(program.arguments.first.flatMap { $0 }.map { String(cString: $0) } ?? "", program.path, error)
    }
  }

  private mutating func meetParent() throws {
    _ = try channel.descriptor.send(ChildMessage.isWaiting.bytes)
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let number = channel.number
    let room = bytes.count
    let count = recv(number, &bytes, room, 0)
    if count < 0 { throw KernelError.last("recv(2)") }
    // The parent is gone.
    if count == 0 { _exit(1) }
    state = Array(bytes[..<count])
  }

  /// Whoever may connect to the socket may say it.
  private mutating func acceptStart(_ slot: Int) throws {
    _ = try channel.descriptor.send(ChildMessage.isWaiting.bytes)
    let listener = try inner.slot(slot)
    while true {
      try waitUntilReadable(listener.number)
      guard let shared = try accept(listener) else { continue }
      try shared.descriptor.setBlocking()
      let bytes = (try? shared.descriptor.readAll(limit: 1 << 20)) ?? []
      // Somebody who says nothing does not start anything.
      if bytes.isEmpty { continue }
      state = bytes
      channel = shared
      return
    }
  }

  private func accept(_ listener: SharedDescriptor) throws(KernelError) -> SharedDescriptor? {
    if let connection = try UnixSocket.accept(listener.descriptor) { return SharedDescriptor(connection) }
    return nil
  }

  private func waitUntilReadable(_ number: Int32) throws(KernelError) {
    var watched = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    if poll(&watched, 1, -1) < 0, errno != EINTR { throw KernelError.last("poll(2)") }
  }

  private func giveStreams(_ uid: UInt32) throws {
    for number in 0..<Int32(3) { try giveStream(number, uid) }
  }

  /// As runc: pipes and files, so that the user may open /dev/stdout again, and terminals, whose group stays.
  private func giveStream(_ number: Int32, _ uid: UInt32) throws {
    var status = stat()
    if fstat(number, &status) != 0 { throw KernelError.last("fstat(2)") }
    if status.st_mode & UInt32(S_IFMT) == UInt32(S_IFCHR), isatty(number) != 1 { return }
    // A file that cannot be given away can still be written to.
    if fchown(number, uid, status.st_gid) != 0, ![EINVAL, EPERM, EROFS].contains(errno) { throw KernelError.last("fchown(2)") }
  }

  private func becomeIDs(_ uid: UInt32, _ gid: UInt32, _ groups: [UInt32]) throws {
    try kernel("prctl(2) PR_SET_KEEPCAPS") { clinux_prctl(Int32(CLINUX_PR_SET_KEEPCAPS), 1, 0, 0, 0) }
    // A user namespace that was made without privilege does not let groups be set.
    if clinux_setgroups(groups.count, groups) != 0, !(errno == EPERM && groups.isEmpty) { throw KernelError.last("setgroups(2)") }
    try kernel("setresgid(2)", [String(gid)]) { clinux_setresgid(gid) }
    try kernel("setresuid(2)", [String(uid)]) { clinux_setresuid(uid) }
    try kernel("prctl(2) PR_SET_DUMPABLE") { clinux_prctl(Int32(CLINUX_PR_SET_DUMPABLE), 0, 0, 0, 0) }
  }

  /// `HOME` from the container's passwd, the path from the environment's `PATH`.
  private mutating func resolve(_ arguments: [String], _ environment: [String], _ uid: UInt32) throws {
    guard let name = arguments.first, !name.isEmpty else { throw SetupProblem(errno: EINVAL, "exec: no command") }
    var environment = environment
    if !environment.contains(where: { $0.hasPrefix("HOME=") && $0 != "HOME=" }) {
      environment.removeAll { $0 == "HOME=" }
      environment.append("HOME=" + (try Accounts.account(String(uid), [], try inner.rooted()).home))
    }
    let path = try find(name, environment.last { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? Interpreter.defaultPath)
    program = (path, arguments.map { strdup($0) } + [nil], environment.map { strdup($0) } + [nil])
  }

  private func find(_ name: String, _ path: String) throws -> String {
    if name.utf8.contains(UInt8(ascii: "/")) {
      if isProgram(name) { return name }
      if access(name, F_OK) == 0 { throw SetupProblem(errno: EACCES, "exec: \"\(name)\": permission denied") }
      throw SetupProblem(errno: ENOENT, "exec: \"\(name)\": stat \(name): no such file or directory")
    }
    var denied = false
    for directory in path.split(separator: ":", omittingEmptySubsequences: false) {
      let file = (directory.isEmpty ? "." : String(directory)) + "/" + name
      if isProgram(file) { return file }
      if access(file, F_OK) == 0 { denied = true }
    }
    if denied { throw SetupProblem(errno: EACCES, "exec: \"\(name)\": permission denied") }
    throw SetupProblem(errno: ENOENT, "exec: \"\(name)\": executable file not found in $PATH")
  }

  private func isProgram(_ file: String) -> Bool {
    var status = stat()
    return access(file, X_OK) == 0 && stat(file, &status) == 0 && status.st_mode & UInt32(S_IFMT) == UInt32(S_IFREG)
  }
}
