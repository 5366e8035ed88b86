import ContainerRuntime
import Glibc
import LinuxKit
import ShimProtocol
import TestSupport
import Testing

@Suite struct LogTests {
  let fixture: Fixture
  init() throws { fixture = try Fixture() }

  @Test func isDockersJSONByteForByte() async throws {
    _ = try await fixture.run(["echo", "a\"b\\c\t<&>\u{1}é\u{2028}\r"])
    let text = try readText(fixture.directory("box.log"))
    #expect(text.hasPrefix(#"{"log":"a\"b\\c\u0009\u003c\u0026\u003e\u0001é\u2028\r\n","stream":"stdout","time":"2"#))
    #expect(text.hasSuffix("Z\"}\n"))
  }

  @Test func wrongUTF8IsReplacedByteForByte() async throws {
    _ = try await fixture.sh(#"printf 'a\377b\303\050\355\240\200\360\237\230\200\n'"#)
    let text = try readText(fixture.directory("box.log"))
    #expect(text.hasPrefix(#"{"log":"a\ufffdb\ufffd(\ufffd\ufffd\ufffd😀\n""#))
  }

  @Test func timesAreRFC3339InOrder() async throws {
    let before = time(nil)
    _ = try await fixture.sh("for i in $(seq 50); do echo $i; done")
    let times = try fixture.logEntries().map(\.time)
    #expect(times == times.sorted { $0.dropLast().padded < $1.dropLast().padded })
    // 2026-01-02T03:04:05
    let parts = times[0].prefix(19).split { !$0.isNumber }.compactMap { Int32($0) }
    try #require(parts.count == 6)
    var broken = tm()
    (broken.tm_year, broken.tm_mon, broken.tm_mday) = (parts[0] - 1900, parts[1] - 1, parts[2])
    (broken.tm_hour, broken.tm_min, broken.tm_sec) = (parts[3], parts[4], parts[5])
    #expect((before...time(nil)).contains(timegm(&broken)))
  }

  @Test func longLinesAreCutAt16KiB() async throws {
    _ = try await fixture.run(["echo", String(repeating: "x", count: 40_000)])
    let entries = try fixture.logEntries()
    #expect(entries.map(\.log.utf8.count) == [16384, 16384, 40_000 - 2 * 16384 + 1])
    #expect(entries[2].log.hasSuffix("x\n"))
    #expect(entries[0].time == entries[1].time)
  }

  @Test func rotatesByRenaming() async throws {
    let shim = try await fixture.runtime.create(
      fixture.start("box", fixture.steps(["sh", "-c", "for i in $(seq 1000); do echo line $i; done"]), maxSize: 10_000, maxFiles: 3),
      descriptors: [])
    try await shim.start()
    #expect(await shim.exitStatus().code == 0)
    var all: [String] = []
    for name in ["box.log.2", "box.log.1", "box.log"] {
      let bytes = try readFile(fixture.directory(name))
      #expect(bytes.count < 10_200)
      all += try LogLine.parse(bytes).map(\.log)
    }
    #expect(access(fixture.directory("box.log.3"), F_OK) != 0)
    // The newest lines without a gap.
    #expect(all == (1001 - all.count...1000).map { "line \($0)\n" })
    #expect(all.count > 200)
  }

  @Test func continuesAnExistingLog() async throws {
    _ = try await fixture.run(["echo", "one"])
    _ = try await fixture.run(["echo", "two"])
    #expect(try fixture.log() == "one\ntwo\n")
  }

  @Test func everyByteOfABusyContainerIsThere() async throws {
    _ = try await fixture.sh("seq 100000")
    #expect(try fixture.log() == (1...100_000).map { "\($0)\n" }.joined())
  }
}

extension Substring {
  /// Trailing zeros of the fraction are left out: back with them.
  fileprivate var padded: String {
    (contains(".") ? self : self + ".") + String(repeating: "0", count: 30 - count - (contains(".") ? 0 : 1))
  }
}
