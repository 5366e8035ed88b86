import LinuxKit

/// The time of day that schedules go by, and waiting for it.
protocol JobClock: Sendable {
  /// Nanoseconds since 1970.
  func now() -> Int64
  /// Returns after about that time, or when the task is cancelled.
  func sleep(for time: Duration) async
}

/// The machine's.
struct WallJobClock: JobClock {
  func now() -> Int64 { WallClock.nanoseconds() }
  func sleep(for time: Duration) async { try? await Task.sleep(for: time) }
}
