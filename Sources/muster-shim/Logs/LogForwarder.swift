import Glibc
import LinuxKit
import ShimProtocol

/// Sends lines to a daemon, and waits for it neither when it is away nor, for long, when it does not read.
///
/// What it cannot take yet waits in a queue of bounded length; beyond it the newest lines are left out. A daemon that has gone is tried again, at
/// first after a tenth of a second, at last every ten.
final class LogForwarder {
  /// How long a daemon that does not read may hold the container up, in milliseconds.
  static let patience: Int64 = 100
  private static let firstDelay: Int64 = 100
  private static let longestDelay: Int64 = 10_000
  /// What a line in the queue takes beside its text.
  private static let overhead = 64

  private struct Line {
    var text: [UInt8]
    var endsLine: Bool
    var isError: Bool
    var time: Int64
  }

  private let forwarding: LogForwarding
  private let loop: EventLoop
  private let longest: Int
  private var socket: SharedDescriptor?
  private var token: UInt64?
  private var watched: Epoll.Readiness = []
  private var keepsStream = false
  private var isConnected = false
  /// It takes nothing until it is ready to write.
  private var isBlocked = false
  private var lines: [Line] = []
  /// How many of the lines have been taken out of the queue.
  private var taken = 0
  private var queued = 0
  /// The message that is being sent, and how much of it has gone.
  private var message: [UInt8] = []
  private var sent = 0
  /// When a connection is tried again.
  private var retry: Int64?
  private var delay = firstDelay
  private var fullSince: Int64?
  private var hasNoPatience = false
  /// When the daemon has taken something last.
  private var lastTaken = EventLoop.now
  /// Called when the container need not wait any more.
  var onReady: () -> Void = {}

  init(_ forwarding: LogForwarding, loop: EventLoop) {
    self.forwarding = forwarding
    self.loop = loop
    longest = Int(clamping: min(max(4096, forwarding.longestQueue), 1 << 30))
    connect()
  }

  deinit {
    if let token, let socket { loop.forget(token, socket.number) }
  }

  /// Whether the container has to wait.
  var isFull: Bool { fullSince != nil }

  /// Whether nothing is left that could be sent now.
  var isIdle: Bool { socket == nil || (lines.count == taken && message.isEmpty) }

  /// Whether the daemon has taken nothing for two seconds, counted from a moment on.
  func isStuck(since begin: Int64) -> Bool { EventLoop.now - max(begin, lastTaken) > 2000 }

  /// The earliest moment at which `expire` has something to do.
  var deadline: Int64? {
    [retry, fullSince.map { $0 + Self.patience }].compactMap { $0 }.min()
  }

  func expire(_ now: Int64) {
    if let retry, retry <= now { connect() }
    if let fullSince, fullSince + Self.patience <= now {
      hasNoPatience = true
      goOn()
    }
  }

  /// Adds a line; syslog has none that is empty.
  func append(_ text: UnsafeRawBufferPointer, endsLine: Bool, isError: Bool, time: Int64) {
    if text.isEmpty, case .syslog = forwarding.form { return }
    if queued >= longest { flush() }
    // Who may be waited for gets what has been read already.
    let mayWait = forwarding.waits && isConnected && !hasNoPatience
    if queued >= (mayWait ? 4 * longest : longest) { return }
    lines.append(Line(text: Array(text), endsLine: endsLine, isError: isError, time: time))
    queued += text.count + Self.overhead
  }

  /// Sends what can be sent.
  func flush() {
    guard isConnected, let socket else { return }
    while !isBlocked, prepare() {
      do throws(KernelError) {
        let count = try message[sent...].withUnsafeBufferPointer { (bytes) throws(KernelError) in
          try socket.descriptor.send(UnsafeRawBufferPointer(bytes))
        }
        delay = Self.firstDelay
        sent += count
        lastTaken = EventLoop.now
        // It reads, though slowly.
        if fullSince != nil { fullSince = lastTaken }
        if !keepsStream || sent == message.count { endMessage() }
      } catch  where error.errno == EAGAIN || error.errno == EINTR {
        isBlocked = true
      } catch  where !keepsStream && (error.errno == EMSGSIZE || error.errno == ENOBUFS) {
        isBlocked = sendInFile(socket)
      } catch {
        return disconnect()
      }
    }
    watch(socket)
    if queued < longest / 2 {
      hasNoPatience = false
      if fullSince != nil { goOn() }
    } else if queued >= longest, forwarding.waits, !hasNoPatience, fullSince == nil {
      fullSince = EventLoop.now
    }
  }

  /// Waits for room only when there is something to be sent.
  private func watch(_ socket: SharedDescriptor) {
    let needed: Epoll.Readiness = isIdle ? .read : [.read, .write]
    guard let token, needed != watched else { return }
    loop.change(token, socket.number, needed)
    watched = needed
  }

  /// Gives back memory that only a busy container needs.
  func shrink() {
    compact()
    if message.isEmpty { message = [] }
  }

  /// The next message; false when there is none.
  private func prepare() -> Bool {
    if !message.isEmpty { return true }
    guard taken < lines.count else { return false }
    let line = lines[taken]
    lines[taken].text = []
    taken += 1
    queued -= line.text.count + Self.overhead
    if taken > 1024, taken > lines.count / 2 { compact() }
    message = line.text.withUnsafeBytes { text in
      switch forwarding.form {
      case .syslog(let form): form.message(text, isError: line.isError, time: line.time, pid: getpid())
      case .journal(let fields):
        JournalEntry.bytes(
          text, isError: line.isError, isPart: !line.endsLine, timestamp: LogEntryEncoder.rfc3339(line.time), fields: fields)
      }
    }
    return true
  }

  private func compact() {
    lines.removeFirst(taken)
    taken = 0
    if lines.isEmpty { lines = [] }
  }

  private func endMessage() {
    message.removeAll(keepingCapacity: true)
    sent = 0
  }

  /// An entry too long for a message goes to the journal as a file in memory. Of others nothing can be sent. Returns whether it has to wait.
  private func sendInFile(_ socket: SharedDescriptor) -> Bool {
    guard case .journal = forwarding.form else {
      endMessage()
      return false
    }
    do throws(KernelError) {
      let file = try memoryFile(name: "journal-entry", message)
      _ = try socket.descriptor.send([UInt8](), descriptors: [file.number])
      endMessage()
      return false
    } catch {
      if error.errno == EAGAIN { return true }
      endMessage()
      return false
    }
  }

  // MARK: the connection

  private func connect() {
    retry = nil
    do throws(KernelError) {
      let (made, keepsStream) = try open()
      let socket = made
      self.keepsStream = keepsStream
      watched = [.read, .write]
      token = try loop.watch(socket.number, watched) { [weak self] in self?.ready($0) }
      self.socket = socket
      if case .tcp = forwarding.address { isConnected = false } else { isConnected = true }
      flush()
    } catch {
      disconnect()
    }
  }

  private func open() throws(KernelError) -> (SharedDescriptor, keepsStream: Bool) {
    switch forwarding.address {
    case .stream(let path): try unix(path, .stream, else: .datagram)
    case .datagram(let path): try unix(path, .datagram, else: .stream)
    case .udp(let address, let port): (SharedDescriptor(try OutgoingSocket.internet(address, port: port, .datagram)), false)
    case .tcp(let address, let port): (SharedDescriptor(try OutgoingSocket.internet(address, port: port, .stream)), true)
    }
  }

  private func unix(
    _ path: String, _ kind: OutgoingSocket.Kind, else other: OutgoingSocket.Kind
  ) throws(KernelError) -> (SharedDescriptor, keepsStream: Bool) {
    do throws(KernelError) {
      return (SharedDescriptor(try OutgoingSocket.unix(path, kind)), kind == .stream)
    } catch  where error.errno == EPROTOTYPE {
      return (SharedDescriptor(try OutgoingSocket.unix(path, other)), other == .stream)
    }
  }

  private func ready(_ readiness: Epoll.Readiness) {
    guard let socket else { return }
    if !isConnected {
      guard OutgoingSocket.problem(of: socket.number) == 0 else { return disconnect() }
      isConnected = true
    }
    if readiness.contains(.write) { isBlocked = false }
    if !readiness.isDisjoint(with: [.read, .hangUp, .error]), hasGone(socket, readiness) { return disconnect() }
    flush()
  }

  /// Nobody has anything to say here: what comes is read away, until the end comes.
  private func hasGone(_ socket: SharedDescriptor, _ readiness: Epoll.Readiness) -> Bool {
    do throws(KernelError) {
      return try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { (buffer) throws(KernelError) in
        try socket.descriptor.read(into: buffer) == 0 && keepsStream
      }
    } catch {
      return error.errno != EAGAIN || !readiness.isDisjoint(with: [.hangUp, .error])
    }
  }

  /// Until the next attempt. A message that has gone in part is sent anew.
  private func disconnect() {
    if let token, let socket { loop.forget(token, socket.number) }
    (token, socket, isConnected, isBlocked, sent) = (nil, nil, false, false, 0)
    retry = EventLoop.now + delay
    delay = min(2 * delay, Self.longestDelay)
    if fullSince != nil { goOn() }
  }

  private func goOn() {
    fullSince = nil
    onReady()
  }
}
