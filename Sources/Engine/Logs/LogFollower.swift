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
    /// Its container runs, or is to be started again.
    var isLive = true
  }

  var request: LogRequest
  /// Every container that the request means, now; asked again while following, so that new ones join in.
  var sources: @Sendable () async -> [Source]

  /// The lines, in blocks; each is read when it is asked for.
  func blocks() -> AsyncThrowingStream<[LogLine], any Error> {
    let reading = LogReading(self)
    return AsyncThrowingStream { await reading.next() }
  }
}

/// How far one request's logs have been read.
private actor LogReading {
  private let follower: LogFollower
  private var merge: LogMerge
  private var hasBegun = false
  /// Nothing is written any more.
  private var isOver = false
  private var rounds = 0

  init(_ follower: LogFollower) {
    self.follower = follower
    merge = LogMerge(since: follower.request.since, until: follower.request.until, readsAttributes: follower.request.hasDetails == true)
  }

  /// nil: there is no more, or nobody waits any longer.
  func next() async -> [LogLine]? {
    if !hasBegun {
      hasBegun = true
      let sources = await follower.sources()
      isOver = hasEnded(sources)
      for source in sources { merge.add(source, tail: follower.request.tail, endsHere: !follower.request.follows) }
    }
    while true {
      let block = merge.block()
      if !block.isEmpty { return block }
      // What was written before its end has been read since.
      if isOver { return nil }
      guard follower.request.follows, (try? await Task.sleep(for: .milliseconds(25))) != nil else { return nil }
      rounds += 1
      if rounds % 8 == 0 {
        let sources = await follower.sources()
        isOver = hasEnded(sources)
        for source in sources where !merge.contains(source.container) { merge.add(source, tail: nil) }
      }
    }
  }

  /// One container's log is followed to its end, as Docker does it; those of services go on with the containers to come.
  private func hasEnded(_ sources: [LogFollower.Source]) -> Bool {
    follower.request.container != nil && !sources.contains(where: \.isLive)
  }
}

/// Several cursors, read in order of time.
struct LogMerge: ~Copyable {
  private final class Reader {
    let source: LogFollower.Source
    var cursor: LogCursor
    var pending: LogEntry?
    init(source: LogFollower.Source, tail: Int?, endsHere: Bool, readsAttributes: Bool) {
      self.source = source
      cursor = LogCursor(path: source.path, tail: tail, endsHere: endsHere, readsAttributes: readsAttributes)
    }
  }
  private var readers: [Reader] = []
  private let since: Int64?
  private let until: Int64?
  private let readsAttributes: Bool

  init(since: Int64?, until: Int64?, readsAttributes: Bool = false) {
    self.since = since
    self.until = until
    self.readsAttributes = readsAttributes
  }

  mutating func add(_ source: LogFollower.Source, tail: Int?, endsHere: Bool = false) {
    readers.append(Reader(source: source, tail: tail, endsHere: endsHere, readsAttributes: readsAttributes))
  }

  func contains(_ container: String) -> Bool { readers.contains { $0.source.container == container } }

  /// The next lines that are there, but no more than are handed on at once.
  mutating func block() -> [LogLine] {
    var (block, bytes) = ([LogLine](), 0)
    while block.count < 512, bytes < 65_536, let line = next() {
      bytes += line.text.utf8.count
      block.append(line)
    }
    return block
  }

  /// The oldest line that is there, or nil when all have been read to their ends.
  private mutating func next() -> LogLine? {
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
    var line = LogLine(
      container: oldest.source.container, service: oldest.source.service, stream: entry.stream, at: entry.at, text: entry.text)
    if readsAttributes { line.attributes = entry.attributes ?? [:] }
    return line
  }
}
