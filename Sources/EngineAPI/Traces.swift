import Backend
import Synchronization

/// The traces of commands that are under way, by their ids. The last few: a command that dies does not come for its trace.
final class Traces: Sendable {
  private static let limit = 8
  private let logs = Mutex<[TraceLog]>([])

  /// The trace of that id, begun when there is none. Nil: the text is no id.
  func log(_ id: String) -> TraceLog? {
    guard isHexadecimal(id, digits: 16) else { return nil }
    return logs.withLock { logs in
      if let known = logs.first(where: { $0.id == id }) { return known }
      let log = TraceLog(id: id, program: "musterd")
      logs.append(log)
      if logs.count > Self.limit { logs.removeFirst() }
      return log
    }
  }

  /// Takes a trace out.
  func take(_ id: String) -> TraceRecord? {
    logs.withLock { logs in
      guard let index = logs.firstIndex(where: { $0.id == id }) else { return nil }
      return logs.remove(at: index).record
    }
  }
}

/// Whether the text is so many hexadecimal digits in lower case.
func isHexadecimal(_ text: String, digits: Int) -> Bool {
  text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}
