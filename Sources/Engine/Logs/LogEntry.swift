public import Backend
import StackModel

/// One line of a json-file log: `{"log":"text\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}`, with `"attrs":{"app":"shop"}` before the
/// time where labels, variables or a tag were asked for.
///
/// Read by hand, because a general JSON reader costs many times the line. Escapes are those of JSON.
public struct LogEntry: Sendable, Equatable {
  public var text: String
  public var stream: LogLine.Stream
  /// Nanoseconds since 1970.
  public var at: Int64
  /// `attrs`, for who wants them.
  public var attributes: [String: String]?

  /// nil for a line that is not of that form: a torn one after a crash, for example.
  public init?(line: some Collection<UInt8>, readsAttributes: Bool = false) {
    guard let entry = Array(line).withUnsafeBufferPointer({ LogEntry($0, readsAttributes: readsAttributes) }) else { return nil }
    self = entry
  }

  init?(_ line: UnsafeBufferPointer<UInt8>, readsAttributes: Bool) {
    var reader = JSONStrings(line)
    var text: String?
    var stream: LogLine.Stream?
    var at: Int64?
    guard reader.take(UInt8(ascii: "{")) else { return nil }
    repeat {
      guard let key = reader.string(), reader.take(UInt8(ascii: ":")) else { return nil }
      if key.equals("attrs") {
        guard Self.readAttributes(&reader, into: &attributes, isWished: readsAttributes) else { return nil }
        continue
      }
      guard let value = reader.string() else { return nil }
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

  /// An object of strings.
  private static func readAttributes(_ reader: inout JSONStrings, into found: inout [String: String]?, isWished: Bool) -> Bool {
    guard reader.take(UInt8(ascii: "{")) else { return false }
    if isWished { found = [:] }
    if reader.take(UInt8(ascii: "}")) { return true }
    repeat {
      guard let key = reader.string(), reader.take(UInt8(ascii: ":")), let value = reader.string() else { return false }
      guard isWished else { continue }
      guard let key = key.text, let value = value.text else { return false }
      found?[key] = value
    } while reader.take(UInt8(ascii: ","))
    return reader.take(UInt8(ascii: "}"))
  }
}
