import Testing

@testable import Engine

@Suite struct ProcessRowTests {
  /// A program can give itself any name of 15 bytes.
  @Test(arguments: ["sh", "a) (b", "", ")(", "\u{0301})(\u{0600}", "\u{0301}"])
  func names(name: String) throws {
    let (found, fields) = try #require(ProcessRow.parts(of: "12 (\(name)) S 1 12"))
    #expect(found.utf8.elementsEqual(name.utf8))
    #expect(fields == ["S", "1", "12"])
  }

  @Test(arguments: ["", "12", "12 (sh", "12 )("]) func damaged(stat: String) { #expect(ProcessRow.parts(of: stat) == nil) }
}
