import Diagnostics
import StackModel
import Terminal
import Testing

@Suite struct BuildCheckTests {
  private func range(_ first: Int, _ last: Int) -> SourceRange {
    SourceRange(file: "/shop/Dockerfile", start: .init(line: first, column: 1), end: .init(line: last, column: 5))
  }

  @Test func warningsAreShownWithTheirLines() {
    var check = BuildCheck(lines: ["FROM a", "", "RUN b", "CMD c \\", "  d\u{1B}[2J", ""])
    check.warnings = [.init(rule: "One", url: "https://x/one/", detail: "the first", range: range(1, 1))]
    #expect(
      check.text(in: "/shop") == """
        WARNING: One - https://x/one/
        the first
        Dockerfile:1
        --------------------
           1 | >>> FROM a
           2 |     \("")
           3 |     RUN b
        --------------------

        Check complete, 1 warning has been found!

        """)
    check.warnings.append(.init(rule: "Two", url: "https://x/two/", detail: "the second", range: range(4, 5)))
    let text = check.text(in: "/elsewhere")
    #expect(text.contains("\n/shop/Dockerfile:4\n--------------------\n   3 |     RUN b\n   4 | >>> CMD c \\\n"))
    #expect(text.contains("\n   5 | >>>   d\\u{1B}[2J\n   6 |     \n"))
    #expect(text.hasSuffix("Check complete, 2 warnings have been found!\n"))
  }

  @Test func nothingAndWorse() {
    #expect(BuildCheck(lines: ["FROM a"]).text(in: "/") == "Check complete, no warnings found.\n")
    #expect(BuildCheck(problem: "/shop/Dockerfile:1:1: no").text(in: "/shop") == "ERROR: Dockerfile:1:1: no\n\n")
  }
}
