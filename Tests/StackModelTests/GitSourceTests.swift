import Testing

@testable import StackModel

@Suite struct GitSourceTests {
  @Test(arguments: [
    ("https://h/a/b.git", "https://h/a/b.git", nil, ""), ("https://h/a/b.git#", "https://h/a/b.git", nil, ""),
    ("https://h/a/b.git#v1", "https://h/a/b.git", "v1", ""), ("http://h/b.GIT#:d", "http://h/b.GIT", nil, "d"),
    ("git@h:a/b.git#feature/x:d/./e/", "git@h:a/b.git", "feature/x", "d/e"), ("git://h:9418/b", "git://h:9418/b", nil, ""),
    ("ssh://git@h:22/b#r:/d", "ssh://git@h:22/b", "r", "d"), ("github.com/a/b#main", "https://github.com/a/b", "main", ""),
  ])
  func isOne(_ row: (text: String, repository: String, reference: String?, directory: String)) throws {
    let source = try #require(GitSource(row.text))
    #expect(source.repository == row.repository && source.reference == row.reference && source.directory == row.directory)
    #expect(source.problem == nil)
  }

  @Test(arguments: [
    "", ".", "./x.git", "https://h/x.tar", "https://h/x", "https://h/x.git/y", "/srv/x.git", "file:///srv/x.git", "gitx://h/x", "#x",
  ])
  func isNone(_ text: String) { #expect(GitSource(text) == nil) }

  @Test(arguments: [
    "https://h/x.git#-x", "https://h/x.git#--upload-pack=x", "https://h/x.git#a b", "https://h/x.git#a..b", "https://h/x.git#a~1",
    "https://h/x.git#:..", "https://h/x.git#:a/../b", "https://h/a b.git", "git://h/\u{1b}[31m", "git@h:x\n.git",
  ])
  func isRefused(_ text: String) throws { #expect(try #require(GitSource(text)).problem != nil) }

  @Test func whatOpensItIsNotShown() throws {
    #expect(try #require(GitSource("https://me:token@h/x.git")).shown == "https://h/x.git")
    #expect(try #require(GitSource("https://h/x@y.git")).shown == "https://h/x@y.git")
    #expect(try #require(GitSource("git@h:x.git")).shown == "git@h:x.git")
  }
}
