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

  /// Forks. Returns the process's pid and the channel on which it tells how far it is.
  func start() throws(KernelError) -> (pid: Int32, channel: SharedDescriptor) {
    let channel = try UnixSocket.pair(keepsMessages: true).shared()
    let trees = detachBindSlots()
    let entered = try enters.map { (pid) throws(KernelError) in SharedDescriptor(try Process.open(pid)) }
    // Children are made in a pid namespace; the shim itself stays in its own and goes back.
    let pidNamespace = try pidNamespaceToJoin(entered)
    let own = try pidNamespace.map { (_) throws(KernelError) in try Descriptor.open("/proc/self/ns/pid", O_RDONLY) }
    if let pidNamespace { try Namespaces.join(pidNamespace.number, .pid) }
    let pid: Int32
    do throws(KernelError) {
      // A group of version 2 is where the process begins; the others it goes to by itself.
      pid = try Process.clone(namespaces, cgroup: try groupToBeginIn())
    } catch {
      if let own { try Namespaces.join(own.number, .pid) }
      throw error
    }
    if pid == 0 { run(channel.second, entered, trees) }
    if let own { try Namespaces.join(own.number, .pid) }
    try channel.first.descriptor.setNonBlocking()
    return (pid, channel.first)
  }

  /// A detached copy of the mount for each bind of a descriptor: only here, where it was opened, can its mount be copied.
  private func detachBindSlots() -> [Int: SharedDescriptor] {
    var trees: [Int: SharedDescriptor] = [:]
    for (index, step) in steps.enumerated() {
      // What cannot be copied may be detached already; if it is not, the step will say so.
      switch step {
      case .bind(.slot(let slot), _, let isRecursive, _, _) where slots.indices.contains(slot):
        trees[index] = try? SharedDescriptor(cloneMount(slots[slot].descriptor, isRecursive: isRecursive))
      case .bind(.elsewhere(let slot, let path), _, let isRecursive, _, _) where slots.indices.contains(slot):
        trees[index] = try? mountElsewhere(slots[slot], path, isRecursive: isRecursive)
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

  private func groupToBeginIn() throws(KernelError) -> Int32 {
    for group in cgroups where try isDirectory(group) { return group.number }
    return -1
  }

  private func isDirectory(_ group: SharedDescriptor) throws(KernelError) -> Bool { try group.descriptor.status().kind == .directory }

  private func pidNamespaceToJoin(_ entered: SharedDescriptor?) throws(KernelError) -> SharedDescriptor? {
    if let entered { return entered }
    for descriptor in joins where try Namespaces.kind(of: descriptor.number) == .pid { return descriptor }
    return nil
  }

  /// The child. One thread, a copy of everything: leaves what is not its own, then goes along the steps.
  private func run(_ channel: SharedDescriptor, _ entered: SharedDescriptor?, _ trees: [Int: SharedDescriptor]) -> Never {
    clinux_reset_signals()
    var index = 0
    do {
      for (number, descriptor) in [io.input, io.output, io.error].enumerated() {
        try kernel("dup2(2)") { dup2(descriptor.number, Int32(number)) }
      }
      closeDescriptors(except: (slots + joins + cgroups + trees.values + [channel] + [entered].compactMap { $0 }).map(\.number))
      if let entered { try Namespaces.join(entered.number, [.mount, .uts, .ipc, .network, .cgroup]) }
      for descriptor in joins where try Namespaces.kind(of: descriptor.number) != .pid { try Namespaces.join(descriptor.number, []) }
      var interpreter = Interpreter(slots: slots, cgroups: try cgroups.filter { try !isDirectory($0) }, channel: channel)
      var spans: [ShimSpan] = []
      while index < steps.count {
        interpreter.tree = trees[index]
        if isTraced, spans.count == ChildMessage.mostSpans || steps[index] == .awaitStart || index == steps.count - 1 {
          _ = try channel.descriptor.send(ChildMessage.took(spans).bytes)
          spans = []
        }
        let begin = isTraced ? ShimSpan.now : 0
        try interpreter.carryOut(steps[index])
        if isTraced { spans.append(ShimSpan(.step(index), begin: begin, end: ShimSpan.now)) }
        index += 1
      }
      throw SetupProblem(errno: EINVAL, "there is no program to run")
    } catch let problem as SetupProblem {
      Self.fail(channel, index, problem.errno, problem.detail)
    } catch let error as KernelError {
      Self.fail(channel, index, error.errno, error.description)
    } catch {
      Self.fail(channel, index, EINVAL, "\(error)")
    }
  }

  private static func fail(_ channel: SharedDescriptor, _ step: Int, _ error: Int32, _ detail: String) -> Never {
    _ = try? channel.descriptor.send(ChildMessage.failed(step: step, errno: error, detail: detail).bytes)
    _exit(127)
  }
}
