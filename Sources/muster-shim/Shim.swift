import CLinux
import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup
import SystemPackage

/// The parent of a container: its processes, its output, its end.
final class Shim {
  let loop: EventLoop
  private let signals: SignalQueue
  private var listener: SharedDescriptor?
  private var connections: [Connection] = []
  var sessions: [UInt32: Session] = [:]
  var sources: [OutputSource] = []
  var log: ContainerLog?
  /// What the container was made from, without its steps.
  var container: ContainerStart?
  /// When this process began, on the clock of `ShimSpan`.
  let begin: Int64
  /// Nothing more is to be told, or nobody is there any more for whom a container could be made.
  private var isOver = false

  /// The engine that has started this process is on descriptor 3.
  init(begin: Int64) throws(KernelError) {
    self.begin = begin
    loop = try EventLoop()
    signals = try SignalQueue([SIGCHLD])
    _ = try loop.watch(signals.number, .read) { [weak self] _ in self?.reap() }
    let first = Descriptor(owning: 3)
    try kernel("fcntl(2) F_SETFD") { clinux_fcntl(3, F_SETFD, Int(FD_CLOEXEC)) }
    try first.setNonBlocking()
    try accept(first)
  }

  /// Lives until the container has ended and that has been told.
  func serve() throws(KernelError) {
    var isTidy = false
    while !isOver {
      loop.deadline = (sources.map(\.deadline) + [log?.forwarder?.deadline]).compactMap { $0 }.min()
      if try loop.turn(quiet: isTidy ? nil : 500) {
        isTidy = false
      } else if !isTidy {
        // Nothing has happened for a while: an idle container's shim keeps no memory that only work needs.
        log?.shrink()
        clinux_release_memory()
        isTidy = true
      }
      for source in sources where source.deadline != nil { source.expire(EventLoop.now) }
      log?.forwarder?.expire(EventLoop.now)
      connections.removeAll(where: \.isClosed)
      if container == nil && connections.isEmpty { isOver = true }
    }
  }

  // MARK: connections

  private func accept(_ socket: consuming Descriptor) throws(KernelError) {
    connections.append(
      try Connection(
        socket, loop: loop, onRequest: { [weak self] in self?.receive($1, from: $0) }, onClose: { [weak self] in self?.forget($0) }))
  }

  private func forget(_ connection: Connection) {
    for session in sessions.values where session.asker?.connection === connection { session.asker = nil }
  }

  func listen(at path: String) throws(KernelError) {
    let socket = SharedDescriptor(try UnixSocket.listen(path: path))
    listener = socket
    _ = try loop.watch(socket.number, .read) { [weak self] _ in self?.acceptAll(socket) }
  }

  private func acceptAll(_ listener: SharedDescriptor) {
    do throws(KernelError) {
      while let socket = try UnixSocket.accept(listener.descriptor) {
        // Root alone; the directory and the socket's mode say so too.
        if try UnixSocket.peer(socket).uid == geteuid() { try accept(socket) }
      }
    } catch {
      // Out of descriptors or memory: who wants to connect tries again.
    }
  }

  private func receive(_ frame: Frame, from connection: Connection) {
    do {
      try answer(try ShimRequest(wireBytes: frame.payload), frame, connection)
    } catch let error as WireError {
      connection.send(.refused(errno: EBADMSG, detail: error.description), request: frame.request)
      connection.close()
    } catch let error as KernelError {
      connection.send(.refused(errno: error.errno, detail: error.description), request: frame.request)
    } catch let problem as SetupProblem {
      connection.send(.refused(errno: problem.errno, detail: problem.detail), request: frame.request)
    } catch {
      connection.send(.refused(errno: EINVAL, detail: "\(error)"), request: frame.request)
    }
  }

  func broadcast(_ event: ShimEvent) {
    for connection in connections { connection.send(event, request: 0) }
  }

  // MARK: the end

  private func reap() {
    while signals.next() != nil {}
    // ECHILD: nobody is left.
    while let end = try? Process.reap() {
      guard let session = sessions.values.first(where: { $0.status == nil && ($0.pid == end.pid || $0.target == end.pid) }) else {
        continue
      }
      let isItself = session.pid != end.pid
      // Who has prepared it ends when it runs.
      if session.appearance != nil, appear(session, hasEnded: isItself), !isItself { continue }
      ended(session, end.code)
    }
  }

  /// Everything is told: the record first, then the engines; then this process has nothing left to do.
  func finish(_ status: ExitStatus?) {
    if isOver { return }
    isOver = true
    log?.flush()
    if let status, let container {
      // A full disk: engines that are connected are told all the same. Nobody waits for the disk: that comes last.
      try? atomicWrite(FilePath(container.exitRecord), ExitRecord.bytes(status), mode: 0o600, isDurable: false)
      broadcast(.exited(session: 0, status: status))
    }
    if let container { unlink(container.socket) }
    turn(within: 2000) { self.connections.allSatisfy(\.isFlushed) }
    if status != nil, let container { try? outlastPowerCuts(FilePath(container.exitRecord)) }
    // Nobody waits any more; a daemon that reads gets the last lines, too.
    let begin = EventLoop.now
    if let forwarder = log?.forwarder { turn(within: 30_000) { forwarder.isIdle || forwarder.isStuck(since: begin) } }
  }

  /// Goes on for some milliseconds, until something is so.
  private func turn(within milliseconds: Int64, until isRight: () -> Bool) {
    let end = EventLoop.now + milliseconds
    while !isRight(), EventLoop.now < end {
      loop.deadline = min(end, EventLoop.now + 500)
      _ = try? loop.turn(quiet: nil)
    }
  }
}
