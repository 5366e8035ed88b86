import CLinux
import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup

/// A process to be made: where it lives and what it does to itself.
struct Spawn {
  var namespaces: Namespaces = []
  /// Namespaces to join by descriptor.
  var joins: [SharedDescriptor] = []
  /// A process whose namespaces are all to be joined.
  var enters: Int32?
  var cgroups: [SharedDescriptor]
  var steps: [SetupStep]
  var slots: [SharedDescriptor]
  var io: ProcessIO
  var isTraced = false

  /// Whether it is not seen in its pid namespace until it has nothing to hide.
  private var appears: Bool { steps.contains(.appear) }

  /// Forks. Returns the process's pid and the channel on which it tells how far it is; of one that appears only later, the pid of the process that
  /// prepares it, and where it is told then.
  func start() throws(KernelError) -> (pid: Int32, channel: SharedDescriptor, appearance: Appearance?) {
    let appearance = appears ? try Appearance() : nil
    let channel = try UnixSocket.pair(keepsMessages: true).shared()
    let trees = detachBindSlots()
    let entered = try enters.map { (pid) throws(KernelError) in SharedDescriptor(try Process.open(pid)) }
    // Children are made in a pid namespace; the shim itself stays in its own and goes back.
    let pidNamespace = appears ? nil : try pidNamespaceToJoin(entered)
    let own = try pidNamespace.map { (_) throws(KernelError) in try Descriptor.open("/proc/self/ns/pid", O_RDONLY) }
    if let pidNamespace { try Namespaces.join(pidNamespace.number, .pid) }
    let pid: Int32
    let first: Int?
    do throws(KernelError) {
      // A group of version 2 is where the process begins; the others it goes to by itself.
      first = try groupToBeginIn()
      pid = try Process.clone(userEntry == nil ? namespaces : [], cgroup: first.map { cgroups[$0].number } ?? -1)
    } catch {
      if let own { try Namespaces.join(own.number, .pid) }
      throw error
    }
    if pid == 0 { run(channel.second, entered, trees, appearance, beginsIn: first) }
    if let own { try Namespaces.join(own.number, .pid) }
    let last = userEntry == nil || enters != nil ? pid : try accompanyIntoUsers(pid, channel.first, userEntry?.ranges)
    try channel.first.descriptor.setNonBlocking()
    return (last, channel.first, appearance)
  }

  /// How the process comes into a user namespace of its own; nil: it does not.
  private var userEntry: UserEntry? { steps.lazy.compactMap(\.userEntry).first }

  /// A detached copy of the mount for each bind of a descriptor: only here, where it was opened, can its mount be copied.
  ///
  /// Into another user namespace every bind of the host goes so: who is root there may not see its source.
  private func detachBindSlots() -> [Int: SharedDescriptor] {
    var trees: [Int: SharedDescriptor] = [:]
    let pivot = userEntry == nil ? 0 : steps.firstIndex(of: .pivotRoot) ?? 0
    for (index, step) in steps.enumerated() {
      // What cannot be copied may be detached already; if it is not, the step will say so.
      switch step {
      case .bind(.slot(let slot), _, let isRecursive, _, _) where slots.indices.contains(slot):
        trees[index] = try? SharedDescriptor(cloneMount(slots[slot].descriptor, isRecursive: isRecursive))
      case .bind(.elsewhere(let slot, let path), _, let isRecursive, _, _) where slots.indices.contains(slot):
        trees[index] = try? mountElsewhere(slots[slot], path, isRecursive: isRecursive)
      case .bind(.path(let path), _, let isRecursive, _, _) where index < pivot:
        trees[index] = try? SharedDescriptor(
          cloneMount(Descriptor.open(path, Int32(CLINUX_O_PATH)), isRecursive: isRecursive))
      default: continue
      }
    }
    return trees
  }

  /// A copy of a mount of another mount namespace: only from inside can it be made. The shim goes there and comes back.
  private func mountElsewhere(_ namespace: SharedDescriptor, _ path: String, isRecursive: Bool) throws(KernelError) -> SharedDescriptor {
    let own = try Descriptor.open("/proc/self/ns/mnt", O_RDONLY)
    try Namespaces.join(namespace.number, .mount)
    let copy: Result<SharedDescriptor, KernelError>
    do throws(KernelError) {
      let place = try RootedDirectory(path: "/").locateLink(path)
      copy = .success(SharedDescriptor(try cloneMount(place, isRecursive: isRecursive)))
    } catch {
      copy = .failure(error)
    }
    // Without the way back nothing of this process is right any more.
    do throws(KernelError) { try Namespaces.join(own.number, .mount) } catch { _exit(70) }
    return try copy.get()
  }

  /// Which of the groups is a directory: there is one hierarchy of version 2 at most.
  private func groupToBeginIn() throws(KernelError) -> Int? {
    for (index, group) in cgroups.enumerated() where try group.descriptor.status().kind == .directory { return index }
    return nil
  }

  private func pidNamespaceToJoin(_ entered: SharedDescriptor?) throws(KernelError) -> SharedDescriptor? {
    if let entered { return entered }
    // Only from inside its user namespace.
    if userEntry != nil { return nil }
    for descriptor in joins where try Namespaces.kind(of: descriptor.number) == .pid { return descriptor }
    return nil
  }

  /// The child. One thread, a copy of everything: leaves what is not its own, then goes along the steps.
  private func run(
    _ channel: SharedDescriptor, _ entered: SharedDescriptor?, _ trees: [Int: SharedDescriptor], _ appearance: Appearance?, beginsIn: Int?
  ) -> Never {
    clinux_reset_signals()
    var groups = cgroups
    if let beginsIn { groups.remove(at: beginsIn) }
    var interpreter = Interpreter(slots: slots, cgroups: groups, channel: channel)
    interpreter.appearance = appearance
    let lastTold = steps.firstIndex(of: .appear) ?? steps.count - 1
    var index = 0
    do {
      for (number, descriptor) in [io.input, io.output, io.error].enumerated() {
        try kernel("dup2(2)") { dup2(descriptor.number, Int32(number)) }
      }
      closeDescriptors(except: (slots + joins + cgroups + trees.values + [channel] + [entered].compactMap { $0 }).map(\.number))
      if userEntry == nil { try enterNamespaces(entered) }
      var spans: [ShimSpan] = []
      while index < steps.count {
        // Who has appeared has no channel any more.
        if isTraced, index <= lastTold, spans.count == ChildMessage.mostSpans || steps[index] == .awaitStart || index == lastTold {
          _ = try channel.descriptor.send(ChildMessage.took(spans).bytes)
          spans = []
        }
        let begin = isTraced ? ShimSpan.now : 0
        if let entry = steps[index].userEntry {
          try enter(entry, channel, entered)
        } else {
          interpreter.tree = trees[index]
          try interpreter.carryOut(steps[index])
        }
        if isTraced { spans.append(ShimSpan(.step(index), begin: begin, end: ShimSpan.now)) }
        index += 1
      }
      throw SetupProblem(errno: EINVAL, "there is no program to run")
    } catch let problem as SetupProblem {
      interpreter.fail(index, problem.errno, problem.detail)
    } catch let error as KernelError {
      interpreter.fail(index, error.errno, error.description)
    } catch {
      interpreter.fail(index, EINVAL, "\(error)")
    }
    _exit(127)
  }

  /// Those of a process, or those that are joined; that of pids is joined already.
  private func enterNamespaces(_ entered: SharedDescriptor?, _ more: Namespaces = []) throws(KernelError) {
    let entering = more.union([.mount, .uts, .ipc, .network, .cgroup])
    // A pid namespace is for processes that are made from now on.
    if let entered { try Namespaces.join(entered.number, appears ? entering.union(.pid) : entering) }
    for descriptor in joins where try Namespaces.kind(of: descriptor.number) != .pid { try Namespaces.join(descriptor.number, []) }
  }

  /// Into a user namespace, and from there into the others. Where those are made, a further process goes on, whose parent is this one's: a
  /// namespace of pids is only for children.
  private func enter(_ entry: UserEntry, _ channel: SharedDescriptor, _ entered: SharedDescriptor?) throws {
    for number in 0..<Int32(3) {
      let stream = try Descriptor.duplicate(number)
      if try stream.status().kind != .character { try stream.setOwner(entry.root) }
    }
    switch entry.way {
    case .make: try enterNewUsers(channel)
    case .join(let slot):
      guard slots.indices.contains(slot) else { throw SetupProblem(errno: EBADF, "there is no descriptor in slot \(slot)") }
      try Namespaces.join(slots[slot].number, .user)
    case .follow: try enterNamespaces(entered, .user)
    }
    try becomeUsersRoot()
    if entered != nil { return }
    for descriptor in joins { try Namespaces.join(descriptor.number, []) }
    try goOnAsSibling(namespaces, channel)
  }
}
