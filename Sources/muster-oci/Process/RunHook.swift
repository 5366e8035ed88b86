import CLinux
import Glibc
import LinuxKit
import ShimProtocol

/// Runs a hook to its end with `state` on its standard input (config.md, "POSIX-platform Hooks"). Throws when it fails or takes too long.
func runHook(_ hook: HookCall, state: [UInt8]) throws {
  let input = try emptyMemoryFile(name: "state")
  try input.writeAll(state)
  lseek(input.number, 0, SEEK_SET)
  let output = try emptyMemoryFile(name: "output")
  let arguments = hook.arguments.map { strdup($0) } + [nil]
  let environment = hook.environment.map { strdup($0) } + [nil]
  defer { for word in arguments + environment { free(word) } }
  let pid = try Process.fork()
  if pid == 0 {
    clinux_reset_signals()
    for (from, to) in [(input.number, 0), (output.number, 1), (output.number, 2)] { dup2(from, Int32(to)) }
    _ = clinux_close_range(3, .max, 0)
    execve(hook.path, arguments, environment)
    _exit(127)
  }
  let process = try Process.open(pid)
  var watched = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
  let milliseconds = hook.timeout.map { Int32(clamping: $0 * 1000) } ?? -1
  var ready: Int32
  repeat { ready = poll(&watched, 1, milliseconds) } while ready < 0 && errno == EINTR
  if ready == 0 { kill(pid, SIGKILL) }
  let end = try Process.reap(pid, waits: true)
  if ready == 0 { throw Failure("error running hook \(hook.path): it took longer than \(hook.timeout ?? 0) s") }
  guard let code = end?.code, code != 0 else { return }
  lseek(output.number, 0, SEEK_SET)
  let words = (try? output.readAll(limit: 1 << 20)).map { String(decoding: $0.suffix(1000), as: UTF8.self) } ?? ""
  let reason = code == 127 && access(hook.path, X_OK) != 0 ? KernelError.reason(errno).lowercased() : "exit status \(code)"
  throw Failure("error running hook \(hook.path): \(reason)" + (words.isEmpty ? "" : ", output: \(words)"))
}
