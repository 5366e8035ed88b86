import Cgroups
import Glibc
import LinuxKit

/// `kill`: a signal for the first process, or for all.
func killCommand(_ call: Call) throws -> Int32 {
  let words = try Words(call.words, Words.Grammar(switches: ["all"], short: ["a": "all"]), command: "kill")
  try words.expect(2, "kill")
  let container = try Container.find(root: call.root, id: try words.id("kill"))
  let text = words.plain.count > 1 ? words.plain[1] : "SIGTERM"
  guard let signal = signalNumber(text) else { throw Failure("unknown signal \"\(text)\"") }
  let status = container.status()
  if words.has("all") || !container.file.ownsPID && signal == SIGKILL {
    let group = try container.cgroup()
    if signal == SIGKILL, group.isThere { try group.kill() } else { for pid in try group.processes() { kill(pid, signal) } }
    if status == .stopped && !words.has("all") { throw Failure("container not running") }
    return 0
  }
  if status == .stopped || status == .creating { throw Failure("container not running") }
  // By descriptor, so that it can only be this very process.
  let process = try Process.open(container.file.pid)
  guard container.isAlive else { throw Failure("container not running") }
  try Process.signal(process, signal)
  // A frozen process takes even SIGKILL only when it is let go.
  if signal == SIGKILL, status == .paused { try container.cgroup().thaw() }
  return 0
}

private let signalNames: [String: Int32] = [
  "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ILL": SIGILL, "TRAP": SIGTRAP, "ABRT": SIGABRT, "IOT": SIGABRT, "BUS": SIGBUS,
  "FPE": SIGFPE, "KILL": SIGKILL, "USR1": SIGUSR1, "SEGV": SIGSEGV, "USR2": SIGUSR2, "PIPE": SIGPIPE, "ALRM": SIGALRM, "TERM": SIGTERM,
  "STKFLT": 16, "CHLD": SIGCHLD, "CONT": SIGCONT, "STOP": SIGSTOP, "TSTP": SIGTSTP, "TTIN": SIGTTIN, "TTOU": SIGTTOU, "URG": SIGURG,
  "XCPU": SIGXCPU, "XFSZ": SIGXFSZ, "VTALRM": SIGVTALRM, "PROF": SIGPROF, "WINCH": SIGWINCH, "IO": 29, "POLL": 29, "PWR": 30, "SYS": SIGSYS,
  "RTMIN": 34, "RTMAX": 64,
]

/// `9`, `KILL`, `SIGKILL`, `RTMIN+3`.
private func signalNumber(_ text: String) -> Int32? {
  if let number = Int32(text) { return (0...64).contains(number) ? number : nil }
  let name = text.uppercased()
  let short = name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
  if let number = signalNames[short] { return number }
  for (base, sign) in [("RTMIN+", Int32(1)), ("RTMAX-", -1)] where short.hasPrefix(base) {
    guard let offset = Int32(short.dropFirst(base.count)), (0...30).contains(offset) else { return nil }
    return (sign > 0 ? 34 : 64) + sign * offset
  }
  return nil
}
