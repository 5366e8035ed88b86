import Glibc
import ShimProtocol
import Testing

/// Messages to daemons, byte for byte.
@Suite struct LogMessageTests {
  /// 2026-11-03T07:04:05.000123456Z. The zone of whoever runs this is in the messages.
  static let time: Int64 = 1_793_689_445_000_123_456
  static let local: (stamp: String, zone: String, date: String) = {
    var seconds = time_t(time / 1_000_000_000)
    var fields = tm()
    localtime_r(&seconds, &fields)
    func text(_ format: String) -> String {
      var buffer = [CChar](repeating: 0, count: 100)
      let count = strftime(&buffer, buffer.count, format, &fields)
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    let zone = text("%z")
    return (text("%b %e %H:%M:%S"), zone == "+0000" ? "Z" : "\(zone.prefix(3)):\(zone.suffix(2))", text("%Y-%m-%dT%H:%M:%S"))
  }()

  private func message(_ layout: SyslogForm.Layout, _ text: String, facility: UInt8 = 3, isError: Bool = false) -> String {
    let form = SyslogForm(layout: layout, facility: facility, hostname: "box", tag: "c0ffee")
    var text = text
    return text.withUTF8 {
      String(decoding: form.message(UnsafeRawBufferPointer($0), isError: isError, time: Self.time, pid: 77), as: UTF8.self)
    }
  }

  @Test func theLocalFormHasNoHostName() {
    #expect(message(.local, "ready") == "<30>\(Self.local.stamp) c0ffee[77]: ready\n")
    #expect(message(.local, "oh", isError: true) == "<27>\(Self.local.stamp) c0ffee[77]: oh\n")
  }

  @Test func rfc3164() {
    #expect(message(.rfc3164, "ready", facility: 23) == "<190>\(Self.local.stamp) box c0ffee[77]: ready\n")
    #expect(message(.rfc3164, "") == "<30>\(Self.local.stamp) box c0ffee[77]: \n")
  }

  @Test func rfc5424() {
    let (date, zone) = (Self.local.date, Self.local.zone)
    #expect(message(.rfc5424, "ready") == "<30>1 \(date)\(zone) box c0ffee 77 c0ffee - ready\n")
    #expect(message(.rfc5424micro, "é", facility: 0) == "<6>1 \(date).000123\(zone) box c0ffee 77 c0ffee - é\n")
  }

  @Test func wrongUTF8StaysAsItIs() {
    let form = SyslogForm(layout: .rfc3164, facility: 3, hostname: "box", tag: "t")
    let bytes: [UInt8] = [0xFF, 0x00, 0x41]
    let sent = bytes.withUnsafeBytes { form.message($0, isError: false, time: Self.time, pid: 1) }
    #expect(sent.suffix(4) == [0xFF, 0x00, 0x41, 0x0A])
  }

  private func entry(_ text: String, isError: Bool = false, isPart: Bool = false, _ fields: [LogField]) -> [UInt8] {
    Array(text.utf8).withUnsafeBytes {
      JournalEntry.bytes($0, isError: isError, isPart: isPart, timestamp: "2026-11-03T07:04:05Z", fields: fields)
    }
  }

  @Test func entriesOfTheJournal() {
    #expect(
      entry("ready", [LogField("CONTAINER_NAME", "web")])
        == Array("PRIORITY=6\nSYSLOG_TIMESTAMP=2026-11-03T07:04:05Z\nCONTAINER_NAME=web\nMESSAGE=ready\n".utf8))
    #expect(
      entry("half", isError: true, isPart: true, [])
        == Array("PRIORITY=3\nSYSLOG_TIMESTAMP=2026-11-03T07:04:05Z\nCONTAINER_PARTIAL_MESSAGE=true\nMESSAGE=half\n".utf8))
  }

  /// A value with a newline could begin another field: it has its length before it.
  @Test func valuesWithNewlinesHaveTheirLength() {
    let bytes = entry("x", [LogField("LABEL", "a\nPRIORITY=0")])
    let expected =
      Array("PRIORITY=6\nSYSLOG_TIMESTAMP=2026-11-03T07:04:05Z\nLABEL\n".utf8) + [12, 0, 0, 0, 0, 0, 0, 0]
      + Array("a\nPRIORITY=0\nMESSAGE=x\n".utf8)
    #expect(bytes == expected)
  }

  @Test(arguments: [
    ("com.example.team", "COM_EXAMPLE_TEAM"), ("_hidden", "HIDDEN"), ("__x", "X"), ("a b=c\n", "A_B_C_"), ("9lives", ""), ("", ""),
    ("é", ""),
    ("aé", "A_"), (String(repeating: "x", count: 65), ""),
  ]) func namesOfFields(_ text: String, _ name: String) { #expect(JournalEntry.name(text) == name) }
}
