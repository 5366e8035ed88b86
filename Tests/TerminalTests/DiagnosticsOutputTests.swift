import Diagnostics
import Foundation
import Terminal
import Testing

/// Findings as programs read them: JSON and SARIF.
@Suite struct DiagnosticsOutputTests {
  private static func range(_ line: Int, _ from: Int, _ to: Int, file: String = "compose.yaml") -> SourceRange {
    SourceRange(file: file, start: .init(line: line, column: from), end: .init(line: line, column: to))
  }

  static let rules = [
    CheckRule(code: "MU0601", name: "password-in-environment", severity: .warning, reason: "Everyone reads it."),
    CheckRule(code: "MU0613", name: "never-healthy", severity: .error, reason: "It waits for ever."),
  ]

  static let diagnostics = [
    Diagnostic(code: "MU0101", severity: .error, range: nil, message: "no file"),
    Diagnostic(
      code: "MU0613", severity: .warning, range: range(3, 5, 9), message: "waits \"é\"", hint: "add one", excerpt: "secret line",
      notes: [.init("extends b", at: range(1, 2, 3, file: "/a b/é.yaml")), .init("nowhere")],
      fix: Fix("write x", [TextEdit(range(3, 5, 9), "x"), TextEdit(range(1, 1, 1, file: "b.yaml"), "y\n")], isSafe: false)),
    Diagnostic(code: "MU0601", severity: .note, range: range(7, 1, 2, file: "/x/../compose.yaml"), message: "m"),
  ]

  private func object(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

  @Test func json() throws {
    let list = try #require(try object(diagnosticsJSON(Self.diagnostics)) as? [[String: Any]])
    #expect(list.map { $0["code"] as? String } == ["MU0101", "MU0613", "MU0601"])
    #expect(list[0].keys.sorted() == ["code", "message", "notes", "severity"])
    let full = list[1]
    #expect(
      full.keys.sorted() == ["code", "column", "endColumn", "endLine", "file", "fix", "hint", "line", "message", "notes", "severity"])
    #expect(["line", "column", "endLine", "endColumn"].map { full[$0] as? Int } == [3, 5, 3, 9])
    #expect(full["severity"] as? String == "warning" && full["hint"] as? String == "add one" && full["message"] as? String == "waits \"é\"")
    let notes = try #require(full["notes"] as? [[String: Any]])
    #expect(notes[0]["file"] as? String == "/a b/é.yaml" && notes[0]["line"] as? Int == 1 && notes[1].keys.sorted() == ["message"])
    let fix = try #require(full["fix"] as? [String: Any])
    let edits = try #require(fix["edits"] as? [[String: Any]])
    #expect(fix["isSafe"] as? Bool == false && fix["title"] as? String == "write x")
    #expect(edits.map { $0["replacement"] as? String } == ["x", "y\n"] && edits[1]["file"] as? String == "b.yaml")
  }

  @Test func nothingIsADocumentToo() throws {
    #expect((try object(diagnosticsJSON([])) as? [Any])?.isEmpty == true)
    let log = try object(sarif([], rules: Self.rules, version: "1.2.3") { _ in "" })
    #expect(SARIFShape.problems(log) == [])
    let results = (((log as? [String: Any])?["runs"] as? [[String: Any]])?.first?["results"] as? [Any])
    #expect(results?.isEmpty == true)
  }

  @Test func sarifHasTheStandardsShape() throws {
    let log = try object(sarif(Self.diagnostics, rules: Self.rules, version: "1.2.3") { "about \($0)" })
    #expect(SARIFShape.problems(log) == [])
  }

  @Test func sarifSaysTheSame() throws {
    let text = sarif(Self.diagnostics, rules: Self.rules, version: "1.2.3") { "about \($0)" }
    let log = try #require(try object(text) as? [String: Any])
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    let rules = try #require(driver["rules"] as? [[String: Any]])
    #expect(rules.map { $0["id"] as? String } == ["MU0101", "MU0601", "MU0613"])
    #expect(rules.map { $0["name"] as? String } == ["MU0101", "PasswordInEnvironment", "NeverHealthy"])
    #expect(((rules[0]["help"] as? [String: Any])?["text"] as? String) == "about MU0101")
    #expect(rules.map { ($0["defaultConfiguration"] as? [String: Any])?["level"] as? String } == ["error", "warning", "error"])
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["ruleIndex"] as? Int } == [0, 2, 1])
    #expect(results.map { $0["level"] as? String } == ["error", "warning", "note"])
    #expect(results.map { ($0["locations"] as? [Any])?.count } == [0, 1, 1])
    #expect(!text.contains("secret line"))
    #expect(text.contains("file:///a%20b/%C3%A9.yaml"))
    let changes = ((results[1]["fixes"] as? [[String: Any]])?.first?["artifactChanges"] as? [[String: Any]])
    #expect(changes?.count == 2)
  }

  @Test(arguments: [
    ("a\nb\nc\n", "a\nB\nc\n", "--- f\n+++ f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"), ("a\n", "a\n", ""),
    ("a", "b", "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"),
    ("", "a\n", "--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n"), ("a\n", "", "--- f\n+++ f\n@@ -1 +0,0 @@\n-a\n"),
    ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n", "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"),
    (
      "v\n1\n2\n3\n4\n5\n6\n7\n8\n9\nw\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
      "--- f\n+++ f\n@@ -1,4 +1,3 @@\n-v\n 1\n 2\n 3\n@@ -8,4 +7,3 @@\n 7\n 8\n 9\n-w\n"
    ),
    ("a\r\nb\r\n", "a\r\n", "--- f\n+++ f\n@@ -1,2 +1 @@\n a\r\n-b\r\n"),
  ])
  func differences(_ before: String, _ after: String, _ expected: String) {
    #expect(unifiedDiff(before, after, name: "f") == expected)
  }
}
