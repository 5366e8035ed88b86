import Testing

@testable import PathPatterns

/// Docker's documented rules of `.dockerignore`, and moby's `patternmatcher` tests.
@Suite struct IgnoreRulesTests {
  private func isIgnored(_ path: String, _ rules: String) throws -> Bool {
    try IgnoreRules(parsing: Array(rules.utf8), file: ".dockerignore").ignore(path.split(separator: "/").map { Array($0.utf8) })
  }

  @Test(arguments: [
    ("*/temp*", "somedir/temporary.txt", true), ("*/temp*", "somedir/temp/x", true), ("*/temp*", "temp", false),
    ("*/*/temp*", "somedir/subdir/temporary.txt", true), ("temp?", "tempa", true), ("temp?", "temp", false), ("temp?", "tempab", false),
    ("**/*.go", "a.go", true), ("**/*.go", "x/y/a.go", true), ("*.md\n!README.md", "README.md", false), ("*.md\n!README.md", "a.md", true),
    ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true), ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false),
    ("# comment\na", "a", true), ("#a", "#a", false), ("/foo/bar", "foo/bar", true), ("foo/bar/", "foo/bar/x", true),
    ("  foo  ", "foo", true),
    ("./foo", "foo", true), ("foo/../bar", "bar", true), ("foo", "a/foo", false), ("**/foo", "a/b/foo/c", true), ("foo/**", "foo/a", true),
    ("foo/**", "foo", false), ("**", "a/b", true), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "ab", false),
    ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("[^a-c]x", "dx", true), ("a\\*", "a*", true), ("a\\*", "ab", false),
    ("*", "a/b", true),
    ("dir\n!dir/keep", "dir/keep", false), ("dir\n!dir/keep", "dir/other", true), ("dir/*\n!dir/a", "dir/a/b", false),
    ("a.c", "abc", false),
    ("", "a", false), ("\u{FEFF}a", "a", true), ("**/", "a", true), ("a\r\nb\r\n", "a", true), ("**/.git", ".git/config", true),
    ("/", "a", false),
  ])
  func decides(rules: String, path: String, expected: Bool) throws { #expect(try isIgnored(path, rules) == expected) }

  @Test(arguments: ["[a", "a\\", "!", "[b-a]"])
  func refuses(rules: String) { #expect(throws: PatternError.self) { try isIgnored("a", rules) } }

  @Test func takesNoTimeForEvilPatterns() throws {
    let pattern = String(repeating: "**/a*", count: 200)
    #expect(try !isIgnored(String(repeating: "a", count: 2000), pattern + "b"))
  }
}
