import CLinux
import Glibc

/// How a process ended.
public struct ProcessEnd: Equatable, Sendable {
  public var pid: Int32
  /// The exit code, or 128 + the signal that killed it.
  public var code: Int32
}

/// Processes of the kernel: clone, wait, signal.
public enum Process {
  /// Forks with new namespaces (`clone3(2)`): 0 in the child, its pid in the parent. `cgroup`: a v2 directory to begin life in.
  ///
  /// Only for a program with one thread.
  public static func clone(_ namespaces: Namespaces = [], cgroup: Int32 = -1) throws(KernelError) -> Int32 {
    // Not retried by hand: the kernel restarts it.
    let pid = clinux_clone3(namespaces.rawValue, SIGCHLD, nil, cgroup)
    if pid < 0 { throw KernelError.last("clone3(2)", [namespaces.description]) }
    return pid
  }

  /// Forks with new namespaces: 0 in the child, its pid in this process, whose parent is the child's too (`CLONE_PARENT`).
  ///
  /// Only for a program with one thread.
  public static func cloneSibling(_ namespaces: Namespaces = []) throws(KernelError) -> Int32 {
    let pid = clinux_clone3(namespaces.rawValue | UInt64(CLINUX_CLONE_PARENT), 0, nil, -1)
    if pid < 0 { throw KernelError.last("clone3(2) parent", [namespaces.description]) }
    return pid
  }

  /// Forks (`fork(2)`): 0 in the child, its pid in the parent. Works also under Docker's seccomp profile, which has no `clone3(2)`.
  ///
  /// Only for a program with one thread.
  public static func fork() throws(KernelError) -> Int32 {
    let pid = clinux_fork()
    if pid < 0 { throw KernelError.last("fork(2)") }
    return pid
  }

  /// A child that has ended, reaped; nil when none has. `pid` nil: any child. `ECHILD`: there are no children.
  public static func reap(_ pid: Int32? = nil, waits: Bool = false) throws(KernelError) -> ProcessEnd? {
    var end = clinux_exit()
    let flags = Int32(CLINUX_WEXITED) | (waits ? 0 : Int32(CLINUX_WNOHANG))
    let type = pid == nil ? CLINUX_P_ALL : CLINUX_P_PID
    let found = try kernel("waitid(2)") { clinux_waitid(Int32(type), id_t(pid ?? 0), &end, flags) }
    if found == 0 { return nil }
    let exited = end.code == Int32(CLINUX_CLD_EXITED)
    return ProcessEnd(pid: end.pid, code: exited ? end.status : 128 + end.status)
  }

  /// Runs the program behind a descriptor in a session of its own: standard streams /dev/null, `socket` as descriptor 3, the program
  /// itself as 4, nothing else of this process, no environment. Works in a program with threads (`posix_spawn(3)`).
  public static func spawnDetached(_ program: borrowing Descriptor, name: String, socket: borrowing Descriptor) throws(KernelError) -> Int32
  {
    // Above the fixed numbers, so that taking them does not close it.
    let high = try Descriptor.duplicate(program.number, atLeast: 5)
    var pid: pid_t = 0
    let error = clinux_spawn_detached(&pid, high.number, name, socket.number)
    if error != 0 { throw KernelError("posix_spawn(3)", errno: error, operands: [name]) }
    return pid
  }

  /// A descriptor of a process, readable when it has ended (`pidfd_open(2)`).
  public static func open(_ pid: Int32) throws(KernelError) -> Descriptor {
    Descriptor(owning: try kernel("pidfd_open(2)", [String(pid)]) { clinux_pidfd_open(pid) })
  }

  /// Signals a process through its descriptor. `ESRCH`: it has ended.
  public static func signal(_ process: borrowing Descriptor, _ signal: Int32) throws(KernelError) {
    let number = process.number
    try kernel("pidfd_send_signal(2)", [String(signal)]) { clinux_pidfd_send_signal(number, signal) }
  }
}

extension Namespaces: CustomStringConvertible {
  /// `mount+pid`.
  public var description: String {
    let names: [(Namespaces, String)] = [
      (.time, "time"), (.mount, "mount"), (.cgroup, "cgroup"), (.uts, "uts"), (.ipc, "ipc"), (.user, "user"), (.pid, "pid"),
      (.network, "network"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: "+")
  }
}
