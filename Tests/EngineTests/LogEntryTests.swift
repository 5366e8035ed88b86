import Backend
import Engine
import StackModel
import Testing

@Suite struct LogEntryTests {
  @Test func readsWhatDockerWrites() {
    let line = #"{"log":"a \"b\" \\ \u003c\u00e9\ud83d\ude00\n","stream":"stderr","time":"2026-01-02T03:04:05.6789Z"}"#
    let entry = LogEntry(line: line.utf8)
    #expect(entry?.text == "a \"b\" \\ <é😀\n")
    #expect(entry?.stream == .stderr)
    #expect(entry.map { Timestamp.text($0.at) } == "2026-01-02T03:04:05.678900000Z")
  }

  @Test(arguments: [
    "", "{", #"{"log":"x"#, #"{"log":"x","stream":"stdout"}"#, #"{"log":"\u12","stream":"stdout","time":"2026-01-02T03:04:05Z"}"#,
  ])
  func refusesATornLine(line: String) {
    #expect(LogEntry(line: line.utf8) == nil)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", Int64(0)), ("2000-02-29T23:59:59.000000001Z", 951_868_799_000_000_001),
    ("2026-11-21T03:00:00.5Z", 1_795_230_000_500_000_000),
  ])
  func timestampsGoBothWays(text: String, nanoseconds: Int64) {
    #expect(Timestamp.nanoseconds(text) == nanoseconds)
    #expect(Timestamp.nanoseconds(Timestamp.text(nanoseconds)) == nanoseconds)
  }
}
