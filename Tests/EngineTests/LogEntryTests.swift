import Backend
import StackModel
import Testing

@testable import Engine

@Suite struct LogEntryTests {
  @Test func readsWhatDockerWrites() {
    let line = #"{"log":"a \"b\" \\ \u003c\u00e9\ud83d\ude00\n","stream":"stderr","time":"2026-01-02T03:04:05.6789Z"}"#
    let entry = LogEntry(line: line.utf8)
    #expect(entry?.text == "a \"b\" \\ <é😀\n")
    #expect(entry?.stream == .stderr)
    #expect(entry.map { Timestamp.text($0.at) } == "2026-01-02T03:04:05.678900000Z")
  }

  @Test func readsAttributesForWhoWantsThem() {
    let line = #"{"log":"x\n","stream":"stdout","attrs":{"app":"a\u0026b","n":""},"time":"2026-01-02T03:04:05Z"}"#
    #expect(LogEntry(line: line.utf8, readsAttributes: true)?.attributes == ["app": "a&b", "n": ""])
    #expect(LogEntry(line: line.utf8).map { $0.text == "x\n" && $0.attributes == nil } == true)
    let none = #"{"log":"x","stream":"stdout","attrs":{},"time":"2026-01-02T03:04:05Z"}"#
    #expect(LogEntry(line: none.utf8, readsAttributes: true)?.attributes == [:])
    for torn in [#"{"log":"x","attrs":{"a":"#, #"{"log":"x","attrs":{"a":"b""#, #"{"log":"x","attrs":1,"#, #"{"attrs":{"a":"b"},"#] {
      #expect(LogEntry(line: torn.utf8, readsAttributes: true) == nil)
      #expect(LogEntry(line: torn.utf8) == nil)
    }
  }

  @Test func writesAnObjectAsGoDoes() {
    #expect(["b": "<a & b>\u{2028}\u{1}\"\\", "a": "é\n\t"].goObject == #"{"a":"é\n\t","b":"\u003ca \u0026 b\u003e\u2028\u0001\"\\"}"#)
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
