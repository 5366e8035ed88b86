import Foundation

/// Runs what waits in the kernel on a thread of its own: the pool that runs tests and the servers under test has few, and two tests that
/// wait on them for such a server would wait for ever.
public func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: body()) }
  }
}
