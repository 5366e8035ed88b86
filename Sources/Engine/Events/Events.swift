public import Backend
import LinuxKit

extension LocalBackend {
  /// What is still known of the time since `since`, then what happens, until `until`. A reader that falls 10,000 events behind loses the oldest.
  public func events(_ request: EventRequest) async throws -> AsyncThrowingStream<Event, any Error> {
    let (past, events) = log.listen(request.project, since: request.since)
    return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(10_000 + past.count)) { continuation in
      let reader = Task {
        for event in past where request.matches(event) { continuation.yield(event) }
        for await event in events where request.matches(event) { continuation.yield(event) }
        continuation.finish()
      }
      let end = request.until.map { until in
        Task {
          let rest = until - min(until, WallClock.nanoseconds())
          // Nobody waits for ten years.
          try? await Task.sleep(for: min(.nanoseconds(rest), .seconds(315_360_000)))
          reader.cancel()
        }
      }
      continuation.onTermination = { _ in
        reader.cancel()
        end?.cancel()
      }
    }
  }
}
