import Glibc
import LinuxKit

/// How much longer this machine may take than a usual one: `MUSTER_TEST_PATIENCE`, else 1.
public let patience = getenv("MUSTER_TEST_PATIENCE").flatMap { Int(String(cString: $0)) } ?? 1

/// Waits until a process, not necessarily a child, has ended; false when it has not after so many seconds (of a usual machine).
public func hasEnded(_ pid: Int32, within seconds: Int = 20) async -> Bool {
  guard let process = try? LinuxKit.Process.open(pid).release() else { return true }
  return await withCheckedContinuation { continuation in
    onThread {
      var polled = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
      let result = poll(&polled, 1, Int32(seconds * patience) * 1000)
      close(process)
      continuation.resume(returning: result > 0)
    }
  }
}

/// Looks again and again, until the condition holds or so many seconds (of a usual machine) are over; the last value.
///
/// For things that nobody announces, as a network device that the kernel takes away a moment after its namespace. A look that took long counts for half
/// a second: while a busy machine does not let this process run, what it waits for does not come about either.
public func eventually<Value: Sendable>(
  within seconds: Int = 20, _ value: @Sendable () async throws -> Value, until isRight: @Sendable (Value) -> Bool
) async throws -> Value {
  let clock = ContinuousClock()
  var left = Duration.seconds(seconds * patience)
  while true {
    let begin = clock.now
    let now = try await value()
    if isRight(now) || left <= .zero { return now }
    try await Task.sleep(for: .milliseconds(50))
    left -= min(begin.duration(to: clock.now), .milliseconds(500))
  }
}
