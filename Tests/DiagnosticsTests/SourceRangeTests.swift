import Diagnostics
import Testing

@Suite struct SourceRangeTests {
  @Test func printsAsEditorsReadIt() {
    let range = SourceRange(file: "compose.yaml", start: .init(line: 14, column: 9), end: .init(line: 14, column: 12))
    #expect(range.description == "compose.yaml:14:9")
  }
}
