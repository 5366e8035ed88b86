import Diagnostics
import Testing

@Suite struct DiagnosticRendererTests {
  private func diagnostic(_ excerpt: String, _ from: Int, _ to: Int, line: Int = 4, message: String = "wrong", hint: String? = nil)
    -> Diagnostic
  {
    Diagnostic(
      code: "MU0301", severity: .error,
      range: SourceRange(file: "compose.yaml", start: .init(line: line, column: from), end: .init(line: line, column: to)),
      message: message,
      hint: hint, excerpt: excerpt)
  }

  @Test func marksThePlace() {
    let text = DiagnosticRenderer(style: .plain).render(diagnostic("    imge: nginx", 5, 9, hint: "did you mean \"image\"?"))
    #expect(
      text == """
        compose.yaml:4:5: error: wrong [MU0301]
            4 |     imge: nginx
              |     ^~~~
              = did you mean "image"?

        """)
  }

  @Test func keepsTabsSoThatTheMarkStandsBelow() {
    let text = DiagnosticRenderer(style: .plain).render(diagnostic("\tweb: x", 2, 5))
    #expect(text.hasSuffix("    4 | \tweb: x\n      | \t^~~\n"))
  }

  @Test func marksThePlaceInLongLines() {
    let text = DiagnosticRenderer(style: .plain).render(
      diagnostic(String(repeating: "a", count: 500) + "bad" + String(repeating: "c", count: 500), 501, 504))
    let lines = text.split(separator: "\n")
    let mark = lines[2].distance(from: lines[2].startIndex, to: lines[2].firstIndex(of: "^") ?? lines[2].endIndex)
    #expect(lines[1].dropFirst(mark).hasPrefix("badccc"))
    #expect(lines[1].count < 200)
  }

  @Test func placesBeyondTheLineAreMarkedAtItsEnd() {
    let text = DiagnosticRenderer(style: .plain).render(diagnostic("ab", 3, 3))
    #expect(text.hasSuffix("    4 | ab\n      |   ^\n"))
    #expect(DiagnosticRenderer(style: .plain).render(diagnostic("", 9, 12)).hasSuffix("    4 | \n      | ^\n"))
  }

  @Test func withoutAPlace() {
    let text = DiagnosticRenderer(style: .plain).render(
      Diagnostic(code: "MU0101", severity: .warning, range: nil, message: "none", hint: "do"))
    #expect(text == "warning: none [MU0101]\n   = do\n")
  }

  @Test(arguments: [(4, 9, ""), (5, 1, ""), (5, 2, "      | … to line 5\n"), (9, 1, "      | … to line 8\n")])
  func saysHowFarLongRangesReach(_ line: Int, _ column: Int, _ expected: String) {
    var long = diagnostic("a: |", 4, 5)
    long.range?.end = .init(line: line, column: column)
    #expect(DiagnosticRenderer(style: .plain).render(long).hasSuffix("    4 | a: |\n      |    ^\n" + expected))
  }

  @Test func summaries() {
    let renderer = DiagnosticRenderer(style: .plain)
    func some(_ count: Int, _ code: String, _ severity: Diagnostic.Severity) -> [Diagnostic] {
      Array(repeating: Diagnostic(code: code, severity: severity, range: nil, message: ""), count: count)
    }
    #expect(renderer.summary([]) == "nothing found\n")
    #expect(renderer.summary(some(1, "A", .error) + some(2, "B", .warning) + some(1, "C", .note)) == "1 error, 2 warnings, 1 note\n")
    #expect(renderer.summary(some(300, "B", .warning) + some(12, "A", .warning)) == "312 warnings (B × 300, A × 12)\n")
    let many = (10..<30).flatMap { some(1, "C\($0)", .error) } + some(2, "B", .note)
    #expect(
      renderer.summary(many)
        == "20 errors, 2 notes (B × 2, C10 × 1, C11 × 1, C12 × 1, C13 × 1, C14 × 1, C15 × 1, C16 × 1 and 13 more codes)\n")
    #expect(DiagnosticRenderer(style: .colour).summary(some(1, "A", .error)) == "\u{1B}[1;31m1 error\u{1B}[0m\n")
  }

  @Test func coloursOnTerminals() {
    let text = DiagnosticRenderer(style: .colour).render(diagnostic("a", 1, 2))
    #expect(text.contains("\u{1B}[1;31merror:\u{1B}[0m") && text.contains("\u{1B}[1;31m^\u{1B}[0m"))
  }

  /// A file must not drive the terminal of whoever reads what is wrong with it.
  @Test(arguments: ["\u{1B}[2J", "\u{9B}31m", "\u{202E}", "\u{0}", "a\rb", "\u{7}", "\u{2028}"])
  func showsControlCharacters(_ text: String) {
    let rendered = DiagnosticRenderer(style: .plain).render(diagnostic("k: \(text)", 1, 2, message: "m \(text)", hint: "h \(text)"))
    #expect(rendered.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value < 0x7F })
  }
}

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("imge", "image"), ("iamge", "image"), ("enviroment", "environment"), ("depends-on", "depends_on"), ("Ports", "ports"),
    ("comand", "command"),
    ("zzz", nil), ("", nil), ("image", nil), ("x", nil),
  ])
  func finds(_ name: String, _ expected: String?) {
    #expect(nearestName(to: name, among: ["image", "environment", "depends_on", "ports", "command"]) == expected)
  }
}
