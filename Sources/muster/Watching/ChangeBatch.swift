import Synchronization

/// Changes that belong together: those of many rules, until for a while there are no more.
final class ChangeBatch: Sendable {
  private let found = Mutex<[Int: Set<[[UInt8]]>]>([:])
  private let version = Atomic(0)
  private let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  /// Paths of the rule with that number have changed.
  func add(_ rule: Int, _ paths: Set<[[UInt8]]>) {
    guard !paths.isEmpty else { return }
    found.withLock { $0[rule, default: []].formUnion(paths) }
    version.add(1, ordering: .relaxed)
    signal.yield()
  }

  /// Hands on what has changed, by rule: a tenth of a second after the last change, at the latest a second after the first. Changes meanwhile are the
  /// next batch. Ends when the task is cancelled.
  func each(_ body: ([Int: Set<[[UInt8]]>]) async throws -> Void) async throws {
    for await _ in signals {
      var rounds = 0
      var before: Int
      repeat {
        before = version.load(ordering: .relaxed)
        try await Task.sleep(for: .milliseconds(100))
        rounds += 1
      } while version.load(ordering: .relaxed) != before && rounds < 10
      let batch = found.withLock { found in
        defer { found = [:] }
        return found
      }
      if !batch.isEmpty { try await body(batch) }
    }
  }
}
