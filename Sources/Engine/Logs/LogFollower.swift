import Backend
import StackModel

/// Merges the logs of several containers in order of time, and follows them.
///
/// Following looks at each file 40 times a second; a file that was not written costs one `read` that returns nothing.
struct LogFollower: Sendable {
  /// A container whose log is read.
  struct Source: Sendable {
    var container: String
    var service: ServiceName
    var path: String
  }

  var request: LogRequest
  /// Every container that the request means, now; asked again while following, so that new ones join in.
  var sources: @Sendable () async -> [Source]

  /// The lines; a reader that is slow holds the reading back, not the containers.
  func lines() -> AsyncThrowingStream<LogLine, any Error> {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: LogLine.self, bufferingPolicy: .bufferingOldest(8_192))
    let task = Task {
      do {
        try await read { line in
          var line = line
          while case .dropped(let again) = continuation.yield(line) {
            line = again
            try await Task.sleep(for: .milliseconds(2))
          }
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error is CancellationError ? nil : error)
      }
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }

  private func read(_ emit: (LogLine) async throws -> Void) async throws {
    var merge = LogMerge(since: request.since, until: request.until)
    for source in await sources() { merge.add(source, tail: request.tail) }
    var rounds = 0
    while true {
      try Task.checkCancellation()
      while let line = merge.next() { try await emit(line) }
      guard request.follows else { return }
      try await Task.sleep(for: .milliseconds(25))
      rounds += 1
      if rounds % 8 == 0 {
        for source in await sources() where !merge.contains(source.container) { merge.add(source, tail: nil) }
      }
    }
  }
}

/// Several cursors, read in order of time.
struct LogMerge: ~Copyable {
  private final class Reader {
    let source: LogFollower.Source
    var cursor: LogCursor
    var pending: LogEntry?
    init(source: LogFollower.Source, tail: Int?) {
      self.source = source
      cursor = LogCursor(path: source.path, tail: tail)
    }
  }
  private var readers: [Reader] = []
  private let since: Int64?
  private let until: Int64?

  init(since: Int64?, until: Int64?) {
    self.since = since
    self.until = until
  }

  mutating func add(_ source: LogFollower.Source, tail: Int?) {
    readers.append(Reader(source: source, tail: tail))
  }

  func contains(_ container: String) -> Bool { readers.contains { $0.source.container == container } }

  /// The oldest line that is there, or nil when all have been read to their ends.
  mutating func next() -> LogLine? {
    var oldest: Reader?
    for reader in readers {
      while reader.pending == nil, let entry = reader.cursor.next() {
        if let since, entry.at < since { continue }
        if let until, entry.at > until { break }
        reader.pending = entry
      }
      guard let at = reader.pending?.at else { continue }
      if let best = oldest?.pending?.at, best <= at { continue }
      oldest = reader
    }
    guard let oldest, let entry = oldest.pending else { return nil }
    oldest.pending = nil
    return LogLine(
      container: oldest.source.container, service: oldest.source.service, stream: entry.stream, at: entry.at, text: entry.text)
  }
}
