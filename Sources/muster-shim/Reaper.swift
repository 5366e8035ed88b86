import CLinux
import Glibc
import LinuxKit

/// The first process of a container with `init: true`: runs the command, passes signals on, reaps orphans, ends as the command ends.
enum Reaper {
  static func main(_ words: [String]) -> Never {
    let command = words.first == "--" ? Array(words.dropFirst()) : words
    guard let name = command.first else { exit(2) }
    // All that can be caught but those of the process's own faults and of job control, as tini has it.
    let own: Set<Int32> = [SIGKILL, SIGSTOP, SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU]
    let code: Int32
    do throws(KernelError) {
      let signals = try SignalQueue((1...64).filter { !own.contains($0) && $0 != 32 && $0 != 33 }.map { Int32($0) })
      let child = try Process.fork()
      if child == 0 { run(name, command) }
      code = try pass(signals, to: child)
    } catch {
      complain(name, error.errno)
      code = 1
    }
    exit(code)
  }

  private static func run(_ name: String, _ command: [String]) -> Never {
    clinux_reset_signals()
    // A group of its own, so that the terminal's signals reach the command and its children once.
    setpgid(0, 0)
    if isatty(0) == 1 {
      signal(SIGTTOU, SIG_IGN)
      tcsetpgrp(0, getpgrp())
      signal(SIGTTOU, SIG_DFL)
    }
    var arguments = command.map { strdup($0) } + [nil]
    execvp(name, &arguments)
    let error = errno
    complain(name, error)
    _exit(error == ENOENT ? 127 : 126)
  }

  /// Until the child has ended; returns its exit code.
  private static func pass(_ signals: borrowing SignalQueue, to child: Int32) throws(KernelError) -> Int32 {
    let epoll = try Epoll()
    try epoll.add(signals.number, .read, token: 0)
    while true {
      try epoll.wait { _ in }
      while let signal = signals.next() {
        if signal != SIGCHLD { kill(child, signal) }
      }
      while let end = try Process.reap() {
        if end.pid == child { return end.code }
      }
    }
  }

  private static func complain(_ name: String, _ error: Int32) {
    let line = "init: \(name): \(KernelError.reason(error))\n"
    _ = write(2, line, line.utf8.count)
  }
}
