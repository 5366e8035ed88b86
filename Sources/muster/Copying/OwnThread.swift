import Glibc
import LinuxKit

/// Runs work that blocks on a thread of its own. A pipe that nobody reads is an error there, and not the end of the program.
func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    let hasBegun = startThread {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      do { continuation.resume(returning: try body()) } catch { continuation.resume(throwing: error) }
    }
    if !hasBegun { continuation.resume(throwing: Exit(1, "cannot start a thread")) }
  }
}
