import CLinux
import Glibc
import LinuxKit

/// A queue of signals with several owners.
final class SharedSignals {
  let queue: SignalQueue
  init(_ queue: consuming SignalQueue) { self.queue = queue }
}

/// This process while it stands for another: passes signals on, and bytes between its own terminal and the other's, until that one ends.
struct Attachment {
  static let passed: [Int32] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD]

  let pid: Int32
  let master: SharedDescriptor?
  let signals: SharedSignals

  /// Returns the exit code, or 128 + the signal.
  func wait() throws -> Int32 {
    var before = termios()
    let isTerminal = master != nil && tcgetattr(0, &before) == 0
    if isTerminal {
      var raw = before
      cfmakeraw(&raw)
      tcsetattr(0, TCSANOW, &raw)
    }
    defer { if isTerminal { tcsetattr(0, TCSANOW, &before) } }
    resize()
    var readsInput = master != nil
    var readsOutput = master != nil
    while true {
      var watched = [
        pollfd(fd: signals.queue.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: readsInput ? 0 : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: readsOutput ? master?.number ?? -1 : -1, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&watched, 3, -1)
      if watched[2].revents != 0, let master { readsOutput = copy(from: master.number, to: 1) }
      if watched[1].revents != 0, let master { readsInput = copy(from: 0, to: master.number) }
      guard watched[0].revents != 0 else { continue }
      while let signal = signals.queue.next() {
        if signal == SIGWINCH { resize() } else if signal != SIGCHLD { kill(pid, signal) }
      }
      if let end = try Process.reap(pid) {
        while readsOutput, let master { readsOutput = copy(from: master.number, to: 1) }
        return end.code
      }
    }
  }

  private func resize() {
    if let master, let size = TerminalSize(of: 0) { try? size.apply(to: master.number) }
  }

  /// False at the end.
  private func copy(from: Int32, to: Int32) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16384)
    let count = read(from, &bytes, bytes.count)
    if count <= 0 { return count < 0 && errno == EINTR }
    var done = 0
    while done < count {
      let written = bytes[done..<count].withUnsafeBytes { write(to, $0.baseAddress, $0.count) }
      if written < 0 && errno != EINTR { return false }
      done += max(0, written)
    }
    return true
  }
}
