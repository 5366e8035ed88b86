import Backend
import StackModel
import Terminal
import Testing

@Suite struct LogPrinterTests {
  private func line(_ container: String, _ text: String, _ stream: LogLine.Stream = .stdout, at: Int64 = 0) -> LogLine {
    LogLine(container: container, service: "web", stream: stream, at: at, text: text)
  }

  private func written(
    _ lines: [LogLine], containers: [String] = [], style: Style = .plain, isTerminal: Bool = false,
    _ edit: (inout LogPrinter.Options) -> Void = { _ in }
  ) -> (output: String, errors: String) {
    let output = Written(), errors = Written()
    var options = LogPrinter.Options()
    edit(&options)
    let printer = LogPrinter(
      project: "shop", containers: containers, style: style, options: options, isTerminal: isTerminal, output: output.sink,
      errors: errors.sink)
    for line in lines { printer.show(line) }
    printer.finish()
    return (output.text, errors.text)
  }

  @Test func alignsNames() {
    let lines = [line("shop-db-1", "ready\n"), line("shop-wordpress-1", "GET /\n"), line("custom", "hello\n")]
    #expect(
      written(lines, containers: ["shop-db-1", "shop-wordpress-1"]).output == """
        db-1         | ready
        wordpress-1  | GET /
        custom       | hello

        """)
  }

  /// As Docker: escaped as in a URL, in order, after the time, and a space also where there are none.
  @Test func showsDetailsBeforeALine() {
    var first = line("shop-web-1", "one\n", at: 0)
    first.attributes = ["tag": "a/b c", "app": "shöp", "z": "x,y=z"]
    var second = line("shop-web-1", "two\n")
    second.attributes = [:]
    func text(_ edit: (inout LogPrinter.Options) -> Void) -> String { written([first, second], edit).output }
    #expect(
      text {
        $0.hasPrefix = false
        $0.hasDetails = true
      } == "app=sh%C3%B6p,tag=a%2Fb+c,z=x%2Cy%3Dz one\n two\n")
    #expect(
      text {
        ($0.hasPrefix, $0.hasDetails, $0.hasTimestamps) = (false, true, true)
      }.hasPrefix("1970-01-01T00:00:00.000000000Z app=sh%C3%B6p,"))
    #expect(text { $0.hasPrefix = false } == "one\ntwo\n")
  }

  @Test func coloursEachContainerOnItsOwn() {
    let text = written([line("shop-a-1", "x\n"), line("shop-b-1", "y\n"), line("shop-a-1", "z\n")], style: Style(hasColour: true)).output
    #expect(text == "\u{1B}[36ma-1  | \u{1B}[0mx\n\u{1B}[33mb-1  | \u{1B}[0my\n\u{1B}[36ma-1  | \u{1B}[0mz\n")
  }

  @Test func leavesPrefixesAwayAndPutsTimestamps() {
    #expect(written([line("shop-a-1", "x\n")]) { $0.hasPrefix = false }.output == "x\n")
    #expect(
      written([line("shop-a-1", "x\n", at: 1_795_246_830_000_000_042)]) { $0.hasTimestamps = true }.output
        == "a-1  | 2026-11-21T07:40:30.000000042Z x\n")
  }

  @Test func joinsThePartsOfALongLine() {
    #expect(written([line("shop-a-1", "one "), line("shop-a-1", "two\n")]).output == "a-1  | one two\n")
    #expect(
      written([line("shop-a-1", "one "), line("shop-b-1", "else\n"), line("shop-a-1", "two")]).output
        == "a-1  | one \nb-1  | else\na-1  | two\n")
  }

  @Test func keepsTheStreamsApart() {
    let written = written([line("shop-a-1", "out\n"), line("shop-a-1", "err\n", .stderr)])
    #expect(written.output == "a-1  | out\n")
    #expect(written.errors == "a-1  | err\n")
  }

  @Test func makesControlCharactersHarmlessOnATerminalOnly() {
    let evil = "\u{1B}[2J\u{1B}]0;title\u{07}\u{1B}[1;31mred\u{1B}[0m\ta\rb\u{9B}1A\u{202E}x\n"
    #expect(
      written([line("shop-a-1", evil)], isTerminal: true).output
        == "a-1  | \\u{1B}[2J\\u{1B}]0;title\\u{7}red\ta\\rb\\u{9B}1A\\u{202E}x\n")
    #expect(written([line("shop-a-1", evil)]).output == "a-1  | " + evil)
    #expect(written([line("shop-a-1", "windows\r\n")], isTerminal: true).output == "a-1  | windows\n")
  }

  @Test func looksAtEachStreamsOwnTerminal() {
    let output = Written(), errors = Written()
    let printer = LogPrinter(
      project: "shop", style: .plain, isTerminal: false, isErrorTerminal: true, output: output.sink, errors: errors.sink)
    printer.show(line("shop-a-1", "\u{1B}c\n"))
    printer.show(line("shop-a-1", "\u{1B}c\n", .stderr))
    #expect(output.text == "a-1  | \u{1B}c\n")
    #expect(errors.text == "a-1  | \\u{1B}c\n")
  }

  @Test func tellsWhatHappenedAmongTheLines() {
    let output = Written()
    let printer = LogPrinter(project: "shop", style: .plain, isTerminal: true, output: output.sink, errors: output.sink)
    printer.show(line("shop-a-1", "unfinished"))
    printer.tell("shop-a-1", "exited with code 0")
    #expect(output.text == "a-1  | unfinished\na-1 exited with code 0\n")
  }
}
