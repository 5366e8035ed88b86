import StackModel
import Terminal
import Testing

@Suite struct TextTests {
  /// Seconds and their words.
  static let knownDurations: [(Int64, String)] = [
    (0, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"), (119, "About a minute"), (120, "2 minutes"),
    (3599, "59 minutes"), (3600, "About an hour"), (5399, "About an hour"), (5400, "2 hours"), (169_200, "47 hours"), (172_800, "2 days"),
    (1_123_200, "13 days"), (1_209_600, "2 weeks"), (5_097_600, "8 weeks"), (5_184_000, "2 months"), (62_985_600, "24 months"),
    (63_072_000, "2 years"), (-5, "Less than a second"),
  ]

  @Test(arguments: TextTests.knownDurations)
  func durations(seconds: Int64, text: String) {
    #expect(humanDuration(seconds * 1_000_000_000) == text)
  }

  @Test func ages() {
    #expect(humanAge(of: 0, now: 180_000_000_000) == "3 minutes ago")
    #expect(humanAge(of: .min, now: 1_800_000_000_000_000_000) == "292 years ago")
    #expect(humanAge(of: .max, now: -2) == "Less than a second ago")
  }

  static let knownSizes: [(Int64, String)] = [
    (0, "0B"), (999, "999B"), (1000, "1kB"), (1234, "1.23kB"), (18_700_000, "18.7MB"), (187_400_000, "187MB"), (1_005_000_000, "1GB"),
    (2_500_000_000_000, "2.5TB"), (10_040, "10kB"),
  ]

  @Test(arguments: TextTests.knownSizes)
  func sizes(bytes: Int64, text: String) {
    #expect(humanSize(bytes) == text)
  }

  @Test(arguments: [
    "1970-01-01T00:00:00.000000000Z", "2026-11-21T07:40:30.000000042Z", "2024-02-29T23:59:59.999999999Z", "2100-03-01T00:00:00.000000000Z",
    "2000-12-31T12:00:00.500000000Z",
  ])
  func momentsReadBackAsTheyWereWritten(text: String) throws {
    #expect(try Timestamp.text(#require(moment(text))) == text)
  }

  @Test func momentsInOtherForms() {
    #expect(moment("1970-01-01T01:00:00+01:00") == 0)
    #expect(moment("1970-01-01T00:00:01.5-00:30") == 1_801_500_000_000)
    for wrong in ["", "1970-01-01", "1970-13-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Zx", "é"] {
      #expect(moment(wrong) == nil, "\(wrong)")
    }
    #expect(Timestamp.text(-1) == "1969-12-31T23:59:59.999999999Z")
  }

  @Test func colourNeedsATerminalAndConsent() {
    #expect(Style(isTerminal: true, environment: [:]).hasColour)
    #expect(!Style(isTerminal: false, environment: [:]).hasColour)
    #expect(!Style(isTerminal: true, environment: ["NO_COLOR": "1"]).hasColour)
    #expect(Style(isTerminal: true, environment: ["NO_COLOR": ""]).hasColour)
    #expect(!Style(isTerminal: true, environment: ["TERM": "dumb"]).hasColour)
    #expect(!Style(isTerminal: true, environment: [:], noColour: true).hasColour)
  }
}
