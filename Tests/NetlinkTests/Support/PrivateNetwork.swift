import CLinux
import Glibc
import Synchronization

/// Runs `body` on a thread of its own in a new network namespace, which is gone afterwards.
func inPrivateNetwork(_ body: @escaping @Sendable () throws -> Void) throws {
  let failure = Mutex<(any Error)?>(nil)
  try onThread {
    guard clinux_unshare(newNetwork) == 0 else {
      failure.withLock { $0 = SystemFailure(call: "unshare(2)", errno: errno) }
      return
    }
    do { try body() } catch { failure.withLock { $0 = error } }
  }
  if let error = failure.withLock({ $0 }) { throw error }
}

private let newNetwork = Int32(0x4000_0000)

/// A call of the test's own that failed.
struct SystemFailure: Error {
  var call: String
  var errno: Int32
}

private func onThread(_ body: @escaping @Sendable () -> Void) throws {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let context = Unmanaged.passRetained(Box(body)).toOpaque()
  let code = pthread_create(
    &thread, nil,
    { raw in
      guard let raw else { return nil }
      Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body()
      return nil
    }, context)
  guard code == 0 else {
    Unmanaged<Box>.fromOpaque(context).release()
    throw SystemFailure(call: "pthread_create(3)", errno: code)
  }
  pthread_join(thread, nil)
}

/// An empty network namespace, held by a descriptor.
func newNetworkNamespace() throws -> Int32 {
  let result = Mutex<(Int32, Int32)>((-1, 0))
  try onThread {
    guard clinux_unshare(newNetwork) == 0 else { return result.withLock { $0 = (-1, errno) } }
    let number = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    result.withLock { $0 = (number, errno) }
  }
  let (number, code) = result.withLock { $0 }
  guard number >= 0 else { throw SystemFailure(call: "open(2)", errno: code) }
  return number
}

/// Runs `body` on a thread of its own in that network namespace.
func inNamespace(_ number: Int32, _ body: @escaping @Sendable () throws -> Void) throws {
  try inPrivateNetwork {
    guard clinux_setns(number, newNetwork) == 0 else { throw SystemFailure(call: "setns(2)", errno: errno) }
    try body()
  }
}
