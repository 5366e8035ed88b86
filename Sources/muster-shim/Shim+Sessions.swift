import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup

extension Shim {
  /// Makes the container's first process; `created` is said when it waits for `start`.
  func create(_ start: ContainerStart, _ frame: Frame, _ connection: Connection) throws {
    guard container == nil else { throw SetupProblem(errno: EEXIST, "this shim has a container") }
    let asked = ShimSpan.now
    unlink(start.exitRecord)
    log = try ContainerLog(start.io, loop: loop)
    log?.forwarder?.onReady = { [weak self] in self?.sources.forEach { $0.resume() } }
    try listen(at: start.socket)
    var kept = start
    kept.steps = []
    container = kept
    do {
      let io = try ProcessIO(hasTerminal: start.io.hasTerminal, isInteractive: start.io.isInteractive)
      let spawn = Spawn(
        namespaces: start.namespaces, joins: try pick(start.joinSlots, frame), cgroups: try pick(start.cgroupSlots, frame),
        steps: start.steps, slots: frame.descriptors, io: io, isTraced: start.isTraced)
      let made = try spawn.start()
      let session = Session(
        id: 0, pid: made.pid, channel: made.channel, io: io, hasTerminal: start.io.hasTerminal,
        isDetached: false, programStep: start.steps.count - 1)
      if let output = io.fromOutput { try addSource(output, "stdout") }
      if let error = io.fromError { try addSource(error, "stderr") }
      (session.fromOutput, session.fromError) = (nil, nil)
      if start.isTraced {
        session.trace = [
          ShimSpan(.beginning, begin: begin, end: asked), ShimSpan(.making, begin: asked, end: ShimSpan.now),
        ]
      }
      try add(session, askedBy: (connection, frame.request))
    } catch {
      unlink(start.socket)
      container = nil
      throw error
    }
  }

  /// Runs a further process in the namespaces of the first.
  func exec(_ start: ExecStart, _ frame: Frame, _ connection: Connection) throws {
    let first = try session(0)
    guard first.state == .running else { throw SetupProblem(errno: ESRCH, "the container is not running") }
    guard start.session != 0, sessions[start.session] == nil else { throw SetupProblem(errno: EEXIST, "the session is taken") }
    let asked = ShimSpan.now
    let io = try ProcessIO(hasTerminal: start.hasTerminal, isInteractive: start.isInteractive, hasOutput: !start.isDetached)
    let spawn = Spawn(
      enters: first.pid, cgroups: try pick(start.cgroupSlots, frame), steps: start.steps, slots: frame.descriptors, io: io,
      isTraced: start.isTraced)
    let made = try spawn.start()
    let session = Session(
      id: start.session, pid: made.pid, channel: made.channel, io: io, hasTerminal: start.hasTerminal,
      isDetached: start.isDetached, programStep: start.steps.count - 1)
    session.appearance = made.appearance
    if start.isTraced { session.trace = [ShimSpan(.making, begin: asked, end: ShimSpan.now)] }
    try add(session, askedBy: (connection, frame.request))
  }

  private func pick(_ slots: [Int], _ frame: Frame) throws -> [SharedDescriptor] {
    try slots.map { slot in
      guard frame.descriptors.indices.contains(slot) else { throw SetupProblem(errno: EBADF, "there is no descriptor in slot \(slot)") }
      return frame.descriptors[slot]
    }
  }

  private func add(_ session: Session, askedBy asker: (connection: Connection, request: UInt32)) throws(KernelError) {
    session.asker = asker
    sessions[session.id] = session
    session.channelToken = try loop.watch(session.channel.number, .read) { [weak self, weak session] _ in
      if let session { self?.listenTo(session) }
    }
  }

  private func addSource(_ descriptor: SharedDescriptor, _ name: StaticString) throws(KernelError) {
    let source = try OutputSource(descriptor, name: name, log: log, loop: loop)
    source.onFinish = { [weak self] in self?.finishIfDrained() }
    sources.append(source)
  }

  /// What the process tells before its program runs, and that it runs.
  private func listenTo(_ session: Session) {
    while session.channelToken != nil {
      do throws(KernelError) {
        guard let (message, descriptors) = try ChildMessage.receive(session.channel.descriptor) else { return runs(session) }
        switch message {
        case .isWaiting:
          guard session.state == .creating else { continue }
          session.state = .waiting
          session.answer(.created(pid: session.pid))
        // Heard while it was made.
        case .needsNumbers, .goesOn: continue
        case .terminal: if let master = descriptors.first { try take(master, for: session) }
        case .took(let spans): session.trace? += spans
        case .failed(let step, let errno, let detail): failed(session, step, errno, detail)
        }
      } catch  where error.errno == EAGAIN {
        return
      } catch {
        return failed(session, 0, error.errno, error.description)
      }
    }
  }

  private func take(_ master: SharedDescriptor, for session: Session) throws(KernelError) {
    session.master = master
    if session.id == 0 { try addSource(master, "stdout") }
    if session.isDetached {
      // Somebody must empty it.
      let source = try OutputSource(master, name: "stdout", log: nil, loop: loop)
      sources.append(source)
      source.onFinish = { [weak self, weak source] in self?.sources.removeAll { $0 === source } }
    }
  }

  private func closeChannel(_ session: Session) {
    if let token = session.channelToken { loop.forget(token, session.channel.number) }
    session.channelToken = nil
  }

  /// The channel has closed without a word: the program runs, or the process was killed, which its exit status will say.
  private func runs(_ session: Session) {
    closeChannel(session)
    // It runs when it has appeared, which is told in another way.
    if session.state == .waiting || session.appearance != nil { return }
    // Without `awaitStart` among the steps it is made and started at once.
    // The last step has no end of its own: the program.
    let now = ShimSpan.now
    let begin = session.trace?.last?.end ?? now
    session.trace?.append(ShimSpan(.step(session.programStep), begin: begin, end: now))
    let answer = session.state == .creating ? ShimEvent.created(pid: session.pid) : .started
    session.state = .running
    if session.id == 0 { return session.answer(answer) }
    let descriptors = session.hasTerminal ? [session.master] : [session.toInput, session.fromOutput, session.fromError]
    session.answer(
      .execStarted(session: session.id, pid: session.pid), descriptors: session.isDetached ? [] : descriptors.compactMap { $0 })
    // They are the engine's now.
    (session.fromOutput, session.fromError) = (nil, nil)
  }

  /// Takes a session's process for the one that has appeared; false when it has not, and does not say why.
  func appear(_ session: Session, hasEnded: Bool) -> Bool {
    guard let appearance = session.appearance else { return false }
    let pid = appearance.pid
    let failure = appearance.failure
    if pid == nil && failure == nil { return false }
    session.appearance = nil
    session.pid = pid ?? session.pid
    if let (step, errno, detail) = failure {
      failed(session, step, errno, detail, isReaped: hasEnded || pid == nil)
    } else {
      // Its terminal may still be in the channel.
      listenTo(session)
      if session.state == .creating { runs(session) }
    }
    return true
  }

  private func failed(_ session: Session, _ step: Int, _ errno: Int32, _ detail: String, isReaped: Bool = false) {
    closeChannel(session)
    session.state = .ended
    let status = ExitStatus(code: StartFailure.exitCode(isProgram: step == session.programStep, errno: errno), at: WallClock.nanoseconds())
    session.status = status
    let event = ShimEvent.failed(session: session.id, step: step, errno: errno, detail: detail)
    session.answer(event)
    if !isReaped { kill(session.target, SIGKILL) }
    if session.id == 0 { finish(status) } else { sessions[session.id] = nil }
  }

  /// A process has been reaped.
  func ended(_ session: Session, _ code: Int32) {
    // Its last words may still be in the channel.
    listenTo(session)
    if session.status != nil { return }
    closeChannel(session)
    session.state = .ended
    let status = ExitStatus(code: code, at: WallClock.nanoseconds())
    session.status = status
    session.answer(.refused(errno: ESRCH, detail: "the process was killed before its program ran"))
    if session.id != 0 {
      sessions[session.id] = nil
      return broadcast(.exited(session: session.id, status: status))
    }
    for other in sessions.values where other.status == nil { kill(other.target, SIGKILL) }
    for source in sources { source.end() }
    finishIfDrained()
  }

  private func finishIfDrained() {
    guard let first = sessions[0], let status = first.status, sources.allSatisfy(\.isFinished) else { return }
    finish(status)
  }
}
