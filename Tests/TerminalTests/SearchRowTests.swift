import Backend
import Terminal
import Testing

/// What `docker search` prints.
@Suite struct SearchRowTests {
  private let results = [
    SearchResult(
      name: "debian", description: "Debian is a Linux distribution that's composed of free software.", stars: 5000, isOfficial: true),
    SearchResult(name: "a/\u{1B}[2Jweb", description: "one\nline\r\nand \u{202E}more", stars: 0),
  ]

  @Test func theTable() {
    let text = SearchRow.table(results.map { SearchRow($0, isTruncated: true) }).render()
    #expect(
      text == """
        NAME             DESCRIPTION                                     STARS     OFFICIAL
        debian           Debian is a Linux distribution that's compos…   5000      [OK]
        a/\\u{1B}[2Jweb   one line and \\u{202E}more                       0

        """)
    #expect(SearchRow(results[0], isTruncated: false).Description == results[0].description)
  }

  @Test func templatesAndJSON() throws {
    func render(_ format: String, isJSON: Bool = false) throws -> String? {
      try RowFormat(format).render(
        results.prefix(1).map { try TemplateValue(encoding: SearchRow($0, isTruncated: true, isJSON: isJSON)) },
        headings: SearchRow.headings)
    }
    #expect(try render("{{.Name}}: {{.StarCount}} {{.IsOfficial}}|{{.IsAutomated}}|") == "debian: 5000 [OK]||\n")
    #expect(try render("table {{.Name}}\\t{{.IsOfficial}}")?.hasPrefix("NAME      OFFICIAL\ndebian    [OK]\n") == true)
    let json = #"{"Description":"Debian is a Linux distribution that's compos…","IsOfficial":"true","Name":"debian","StarCount":"5000"}"#
    #expect(try render("json", isJSON: true) == json + "\n")
    #expect(try render("{{json .}}", isJSON: true) == json + "\n")
  }
}
