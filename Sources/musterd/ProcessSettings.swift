import CLinux
import Glibc

/// A variable of the environment.
func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// What the engine wants of its own process before it has threads.
func prepareProcess() {
  // Each container holds a few descriptors; the usual soft limit of 1,024 is for select(2).
  var soft: UInt64 = 0
  var hard: UInt64 = 0
  if clinux_getrlimit(Int32(RLIMIT_NOFILE.rawValue), &soft, &hard) == 0 { _ = clinux_setrlimit(Int32(RLIMIT_NOFILE.rawValue), hard, hard) }
  // Values of secrets pass through this process: no core file, and what is freed is overwritten.
  _ = clinux_setrlimit(Int32(RLIMIT_CORE.rawValue), 0, 0)
  _ = clinux_prctl(Int32(CLINUX_PR_SET_DUMPABLE), 0, 0, 0, 0)
  clinux_overwrite_freed_memory()
  // A heap for each thread would keep what only one of them has needed.
  clinux_limit_arenas(2)
  // A client or a container that closes its end is an error of that write, not the end of the engine.
  signal(SIGPIPE, SIG_IGN)
  // The HTTP server logs to standard output from `info` on, and cancellation at the end as an error; what matters is told here.
  setenv("LOG_LEVEL", "critical", 0)
  chdir("/")
}
