import CLinux
import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup

extension Shim {
  /// Carries a request out; what is thrown becomes `refused`.
  func answer(_ request: ShimRequest, _ frame: Frame, _ connection: Connection) throws {
    switch request {
    case .create(let start): try create(start, frame, connection)
    case .exec(let start): try exec(start, frame, connection)
    case .start:
      let session = try session(0)
      if session.state == .running { return connection.send(.started, request: frame.request) }
      guard session.state == .waiting else { throw SetupProblem(errno: EINVAL, "the container is not waiting to be started") }
      session.asker = (connection, frame.request)
      session.state = .starting
      _ = try session.channel.descriptor.send([1])
    case .attach: try attach(frame, connection)
    case .makeUsers(let ranges):
      connection.send(.madeUsers, request: frame.request, descriptors: [SharedDescriptor(try makeUserNamespace(ranges))])
    case .describe:
      connection.send(.description(description()), request: frame.request)
    case .signal(let id, let number, let toAll):
      try signal(try session(id), number, toAll: toAll)
      connection.send(.done, request: frame.request)
    case .resize(let id, let rows, let columns):
      guard let master = try session(id).master else { throw SetupProblem(errno: ENOTTY, "the process has no terminal") }
      try TerminalSize(rows: rows, columns: columns).apply(to: master.number)
      connection.send(.done, request: frame.request)
    case .closeInput(let id):
      try session(id).toInput = nil
      connection.send(.done, request: frame.request)
    }
  }

  /// A session whose process lives.
  func session(_ id: UInt32) throws -> Session {
    guard let session = sessions[id], session.status == nil else { throw SetupProblem(errno: ESRCH, "the process has ended") }
    return session
  }

  private func description() -> ShimDescription {
    let first = sessions[0]
    let state: ShimDescription.State =
      switch first?.state {
      case nil, .creating: .creating
      case .waiting, .starting: .created
      case .running: .running
      case .ended: .exited
      }
    return ShimDescription(id: container?.id ?? "", pid: first?.pid ?? 0, state: state, status: first?.status)
  }

  private func signal(_ session: Session, _ number: Int32, toAll: Bool) throws {
    guard (0...64).contains(number) else { throw SetupProblem(errno: EINVAL, "no such signal: \(number)") }
    if !toAll { return try signal(session, number) }
    guard container?.namespaces.contains(.pid) == true else {
      throw SetupProblem(errno: EOPNOTSUPP, "the container has no pid namespace of its own; signal its cgroup")
    }
    // The kernel ends a namespace with its first process. Were the others killed before it, it might see them go and end with a status of its own.
    if number != SIGKILL || session.pid != sessions[0]?.pid { try signalNamespace(of: session.pid, number) }
    // From outside: inside, the first process is immune to what it does not handle.
    try signal(session, number)
  }

  private func signal(_ session: Session, _ number: Int32) throws(KernelError) {
    // Not reaped yet, so the number is still this process's.
    try kernel("kill(2)", [String(number)]) { kill(session.target, number) }
  }

  /// Who has `kill(-1)` called inside a pid namespace signals all of it but the first process.
  private func signalNamespace(of pid: Int32, _ number: Int32) throws {
    let process = try Process.open(pid)
    let own = try Descriptor.open("/proc/self/ns/pid", O_RDONLY)
    try Namespaces.join(process.number, .pid)
    let helper = Result { () throws(KernelError) in try Process.clone() }
    if case .success(0) = helper {
      kill(-1, number)
      _exit(0)
    }
    try Namespaces.join(own.number, .pid)
    _ = try helper.get()
  }

  private func attach(_ frame: Frame, _ connection: Connection) throws {
    let session = try session(0)
    var descriptors = [session.hasTerminal && container?.io.isInteractive == true ? session.master : session.toInput].compactMap { $0 }
    for source in sources { descriptors.append(try source.attach()) }
    connection.send(.attached, request: frame.request, descriptors: descriptors)
  }
}
