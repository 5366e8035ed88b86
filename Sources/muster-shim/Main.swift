import CLinux
import Glibc
import LinuxKit
import ShimProtocol

/// The parent of one container's first process; or, with arguments, the first process itself that reaps (`init: true`).
@main
enum MusterShim {
  static func main() {
    if CommandLine.argc > 1 { Reaper.main(Array(CommandLine.arguments.dropFirst())) }
    let begin = ShimSpan.now
    do throws(KernelError) {
      try prepare()
      let shim = try Shim(begin: begin)
      try shim.serve()
    } catch {
      // Nobody reads: stdio is /dev/null. The engine sees the connection close.
      exit(1)
    }
  }

  /// Nobody of the container looks into this process, no signal of a terminal ends it, and orphans of the container come to it.
  private static func prepare() throws(KernelError) {
    // Descriptor 4 is the file that this program was started from.
    try kernel("close_range(2)") { clinux_close_range(4, .max, 0) }
    for signal in [SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT] { Glibc.signal(signal, SIG_IGN) }
    // Started from a descriptor, it would be called "4".
    try kernel("prctl(2) PR_SET_NAME") {
      "muster-shim".withCString { clinux_prctl(Int32(CLINUX_PR_SET_NAME), UInt(bitPattern: $0), 0, 0, 0) }
    }
    try kernel("prctl(2) PR_SET_DUMPABLE") { clinux_prctl(Int32(CLINUX_PR_SET_DUMPABLE), 0, 0, 0, 0) }
    try kernel("prctl(2) PR_SET_CHILD_SUBREAPER") { clinux_prctl(Int32(CLINUX_PR_SET_CHILD_SUBREAPER), 1, 0, 0, 0) }
    chdir("/")
    umask(0)
  }
}
