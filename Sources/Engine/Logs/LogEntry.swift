public import Backend
import StackModel

/// One line of a json-file log: `{"log":"text\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}`.
///
/// Read by hand, because a general JSON reader costs many times the line. Escapes are those of JSON.
public struct LogEntry: Sendable, Equatable {
  public var text: String
  public var stream: LogLine.Stream
  /// Nanoseconds since 1970.
  public var at: Int64

  /// nil for a line that is not of that form: a torn one after a crash, for example.
  public init?(line: some Collection<UInt8>) {
    guard let entry = Array(line).withUnsafeBufferPointer({ LogEntry($0) }) else { return nil }
    self = entry
  }

  init?(_ line: UnsafeBufferPointer<UInt8>) {
    var reader = JSONStrings(line)
    var text: String?
    var stream: LogLine.Stream?
    var at: Int64?
    guard reader.take(UInt8(ascii: "{")) else { return nil }
    repeat {
      guard let key = reader.string(), reader.take(UInt8(ascii: ":")), let value = reader.string() else { return nil }
      if key.equals("log") {
        guard let found = value.text else { return nil }
        text = found
      } else if key.equals("stream") {
        stream = value.equals("stdout") ? .stdout : value.equals("stderr") ? .stderr : nil
      } else if key.equals("time") {
        at = Timestamp.nanoseconds(value.bytes)
      }
    } while reader.take(UInt8(ascii: ","))
    guard reader.take(UInt8(ascii: "}")), let text, let stream, let at else { return nil }
    self.text = text
    self.stream = stream
    self.at = at
  }
}
