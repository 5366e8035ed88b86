import Glibc
public import LinuxKit
public import ShimProtocol
import Synchronization
public import SystemPackage

/// Makes containers and finds those that an earlier engine made. Each has a shim, a process of its own that outlives the engine.
public final class ContainerRuntime: Sendable {
  /// The shim's program, which nobody can change: not even a container that reaches it through `/proc/PID/exe` (CVE-2019-5736).
  private let program: Descriptor
  private let reactor: Reactor
  /// The `cgroup.procs` file of the group that shims are in; nil: this process's own.
  private let home = Mutex<SharedDescriptor?>(nil)

  /// Reads the shim's program once.
  public init(shim: FilePath) throws {
    let file = try Descriptor.open(shim.string, O_RDONLY)
    program = try memoryFile(name: "muster-shim", try file.readAll(limit: 256 << 20))
    reactor = try Reactor()
    try reactor.run()
  }

  deinit { reactor.close() }

  /// Makes a container up to its `awaitStart` step. `descriptors` are those of the slots and stay the caller's.
  /// - Parameter trace: Gets the shim's pid and how long things took, when the start is traced; until it has started.
  /// - Throws: `SetupFailure` when a step failed; then nothing of the container is left.
  public func create(
    _ start: ContainerStart, descriptors: [Int32], trace: (@Sendable (Int32, [ShimSpan]) -> Void)? = nil
  ) async throws -> Shim {
    let link = ShimLink()
    let process = try launch(link)
    if let trace { link.trace(0) { trace(process, $0) } }
    let answer: (event: ShimEvent, descriptors: [SharedDescriptor])
    do {
      answer = try await link.ask(.create(start), descriptors: descriptors)
    } catch {
      link.close()
      throw SetupFailure(steps: [], index: 0, errno: error.errno, detail: error.detail)
    }
    switch answer.event {
    case .created(let pid):
      return Shim(
        ShimDescription(id: start.id, pid: pid, state: .created, status: nil), link: link, steps: start.steps,
        exitRecord: start.exitRecord, process: process)
    case .failed(_, let step, let errno, let detail):
      // Until its record is written the shim is not to be replaced.
      _ = await link.end.value()
      throw SetupFailure(steps: start.steps, index: step, errno: errno, detail: detail)
    default:
      link.close()
      throw ShimError(errno: EPROTO, "the shim answered create with something else")
    }
  }

  /// The shim that listens on a socket; nil when nobody does.
  public func find(socket: String) async -> Shim? {
    let link = ShimLink()
    do {
      try link.open(try UnixSocket.connect(path: socket), reactor)
      guard case .description(let description) = try await link.ask(.describe).event else { return nil }
      return Shim(description, link: link, steps: [], exitRecord: nil)
    } catch {
      link.close()
      return nil
    }
  }

  /// Puts shims from now on into a control group, by its `cgroup.procs` file.
  public func settle(in group: SharedDescriptor) { home.withLock { $0 = group } }

  /// A shim that has no container: it lives as long as what is returned, to keep a control group in use.
  public func placeholder() throws(KernelError) -> (pid: Int32, hold: SharedDescriptor) {
    let ends = try UnixSocket.pair().shared()
    let pid = try Process.spawnDetached(program, name: "muster-shim", socket: ends.second.descriptor)
    try reapLater(pid)
    return (pid, ends.first)
  }

  /// A user namespace with these numbers that nobody is in.
  public func makeUserNamespace(_ ranges: IDRanges) async throws -> SharedDescriptor {
    let link = ShimLink()
    _ = try launch(link)
    defer { link.close() }
    let answer = try await link.ask(.makeUsers(ranges))
    guard case .madeUsers = answer.event, let made = answer.descriptors.first else {
      throw ShimError(errno: EPROTO, "the shim answered makeUsers with something else")
    }
    return made
  }

  /// Starts a shim and connects the link with it. Returns its pid.
  private func launch(_ link: ShimLink) throws(KernelError) -> Int32 {
    let ends = try UnixSocket.pair().shared()
    let pid = try Process.spawnDetached(program, name: "muster-shim", socket: ends.second.descriptor)
    try reapLater(pid)
    // Before it is asked for anything, so that all its children begin there.
    try home.withLock { $0 }?.descriptor.writeAll(String(pid))
    try link.open(try ends.first.descriptor.duplicate(), reactor)
    return pid
  }

  /// Takes the exit status of a shim when it ends, so that it does not stay a zombie.
  private func reapLater(_ pid: Int32) throws(KernelError) {
    let process = SharedDescriptor(try Process.open(pid))
    let token = Promise<UInt64>()
    let reactor = self.reactor
    token.fulfil(
      try reactor.watch(process.number, .read) { _ in
        _ = try? Process.reap(pid)
        if let token = token.current { reactor.forget(token, process.number) }
      })
  }
}
