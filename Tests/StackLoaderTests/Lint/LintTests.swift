import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// How the linter tells what it finds.
@Suite struct LintTests {
  @Test(arguments: [
    ("A_TOKEN: x # muster:ignore MU0601", true), ("A_TOKEN: x #muster:ignore MU0606, MU0601 it is public", true),
    ("A_TOKEN: x # muster:ignore", true), ("A_TOKEN: x # muster:ignore: MU0601", true), ("A_TOKEN: x # muster:ignore MU0602", false),
    ("# muster:ignore MU0601\n      A_TOKEN: x", true), ("# muster:ignore MU0601\n      # because\n      A_TOKEN: x", true),
    ("# muster:ignore MU0601\n\n      A_TOKEN: x", false), ("# muster:ignore MU0601\n      B: y\n      A_TOKEN: x", false),
    ("A_TOKEN: x\n      # muster:ignore MU0601", false), ("B: 1 # muster:ignore MU0601\n      A_TOKEN: x", false),
  ])
  func commentsSilenceRules(_ lines: String, _ isSilent: Bool) {
    let found = findings(check("services:\n  a:\n    image: x:1\n    environment:\n      \(lines)\n"))
    #expect(found.isEmpty == isSilent, "\(found)")
  }

  /// What is wrong cannot be silenced.
  @Test func commentsSilenceNoErrorsOfTheLoader() {
    let checked = check("services:\n  a:\n    image: x:1\n    # muster:ignore\n    imge: y # muster:ignore MU0301\n")
    #expect(checked.diagnostics.map(\.code) == ["MU0301"])
  }

  @Test(arguments: [
    ("DB_PASSWORD: hunter2", "DB_PASSWORD: ***"), ("'DB_PASSWORD': \"hunter2\" # x", "'DB_PASSWORD': *** # x"),
    ("DB_PASSWORD: ${DB_PASSWORD:-hunter2}", "DB_PASSWORD: ***"), ("URL: a://b:hunter2@c", "URL: ***"),
  ])
  func valuesAreNotShown(_ line: String, _ expected: String) {
    let checked = check("services:\n  a:\n    image: x:1\n    environment:\n      \(line)\n")
    #expect(checked.diagnostics.compactMap(\.excerpt) == ["      " + expected])
    #expect(!checked.diagnostics.contains { "\($0)".contains("hunter2") })
  }

  @Test(arguments: [
    ("- DB_PASSWORD=hunter2", "- DB_PASSWORD=***"), ("- \"DB_PASSWORD=hunter2\"", "- \"DB_PASSWORD=***\""),
    ("- DB_PASSWORD=\"hunter2\"", "- DB_PASSWORD=***"),
  ])
  func valuesInListsAreNotShown(_ line: String, _ expected: String) {
    let checked = check("services:\n  a:\n    image: x:1\n    environment:\n      \(line)\n")
    #expect(Set(checked.diagnostics.compactMap(\.excerpt)) == ["      " + expected])
    #expect(!checked.diagnostics.contains { "\($0)".contains("hunter2") })
  }

  @Test func valuesInCommandsAreNotShown() {
    let checked = check("services: {a: {image: x, command: [redis-server, --requirepass, hunter2], imge: b}}\n")
    #expect(checked.diagnostics.map(\.code) == ["MU0606", "MU0603", "MU0301"])
    #expect(!checked.diagnostics.contains { "\($0)".contains("hunter2") })
  }

  /// The image says which variable takes a file.
  @Test(arguments: [
    ("mysql:8", "MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE"),
    ("docker.io/library/postgres:16", "POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"),
    ("mariadb:11", "MARIADB_PASSWORD", "MARIADB_PASSWORD_FILE"),
    ("grafana/grafana:11", "GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD__FILE"),
    ("gitea/gitea:1", "GITEA__database__PASSWD", "GITEA__database__PASSWD__FILE"),
    ("wordpress:6", "WORDPRESS_DB_PASSWORD", "WORDPRESS_DB_PASSWORD_FILE"),
    ("mongo:7", "MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD_FILE"),
    ("nextcloud:30", "NEXTCLOUD_ADMIN_PASSWORD", "NEXTCLOUD_ADMIN_PASSWORD_FILE"),
    ("lscr.io/linuxserver/mariadb:11", "MYSQL_PASSWORD", "FILE__MYSQL_PASSWORD"), ("rabbitmq:4", "RABBITMQ_DEFAULT_PASS", nil),
    ("redis:7", "REDIS_PASSWORD", nil), ("mysql:8", "OTHER_PASSWORD", nil),
    ("acme/mysql:8", "MYSQL_PASSWORD", nil),
  ])
  func advisesTheVariableForFiles(_ image: String, _ name: String, _ variable: String?) throws {
    let checked = check("services: {a: {image: '\(image)', environment: {\(name): x1}}}\n")
    let hint = try #require(checked.diagnostics.first { $0.code == "MU0601" }?.hint)
    let secret = name.lowercased().replacing("__", with: "_")
    #expect(hint.contains("make a secret \"\(secret)\""))
    #expect(hint.contains("set \(variable ?? "nothing"): /run/secrets/\(secret)") == (variable != nil), "\(hint)")
    #expect(hint.contains("${\(name):?}") == (variable == nil), "\(hint)")
  }

  @Test func sortsByPlace() {
    let checked = check("services:\n  a:\n    image: x\n    imge: y\n    environment: {B_TOKEN: x, A: true}\nvolumes: {v: }\n")
    #expect(checked.diagnostics.map { $0.range?.start.line } == [3, 4, 5, 5, 6])
    #expect(checked.diagnostics.map(\.code) == ["MU0606", "MU0301", "MU0601", "MU0624", "MU0616"])
  }

  @Test func namedServicesOnly() {
    let text = "services: {a: {image: x}, b: {image: x}}\n"
    #expect(findings(check(text)) == ["1:23 MU0606", "1:38 MU0606"])
    #expect(findings(check(text, services: ["b"])) == ["1:38 MU0606"])
    #expect(check(text, services: ["c"]).diagnostics.map(\.code).contains("MU0401"))
  }

  /// What several services share through an anchor is told once, where it stands.
  @Test func anchorsAreToldOnce() {
    let checked = check("x-e: &e {A_TOKEN: x}\nservices: {a: {image: 'x:1', environment: *e}, b: {image: 'x:1', environment: {<<: *e}}}\n")
    #expect(findings(checked) == ["1:10 MU0601"])
  }

  @Test func findingsAreInTheFileTheyAreWrittenIn() {
    let checked = check(
      "include: [sub/compose.yaml]\nservices: {a: {extends: {file: base.yaml, service: b}}}\n",
      files: [
        "/shop/base.yaml": "services: {b: {image: nginx}}\n", "/shop/sub/compose.yaml": "version: '3'\nservices: {c: {image: redis}}\n",
      ])
    let places = checked.diagnostics.filter { $0.code.hasPrefix("MU06") }.compactMap { $0.range?.description }
    #expect(places == ["base.yaml:1:23", "sub/compose.yaml:1:1", "sub/compose.yaml:2:23"])
  }

  /// A later file that takes a value away takes the finding away; one that sets it is where it is found.
  @Test func looksAtWhatIsLeftAfterMerging() {
    let override = ["/shop/compose.override.yaml": "services:\n  a:\n    privileged: false\n    environment: {A_TOKEN: y}\n"]
    let checked = check("services: {a: {image: 'x:1', privileged: true, environment: {A_TOKEN: x}}}\n", files: override)
    #expect(checked.diagnostics.compactMap { $0.range?.description } == ["compose.override.yaml:4:19"])
  }

  /// Hostile files: one endless line, every rule broken everywhere.
  @Test func longLinesAndManyFindings() {
    let services = (0..<260).map { "s\($0): {image: é, environment: {A_TOKEN: hunter2, B: true}, ports: [22:22, 5432:5432]}" }
    let checked = check("services: {\(services.joined(separator: ", "))}\n")
    let counts = Dictionary(grouping: checked.diagnostics, by: \.code).mapValues(\.count)
    #expect(counts["MU0601"] == 201 && counts["MU0624"] == 201 && counts["MU0607"] == 201)
    #expect(checked.diagnostics.contains { $0.message == "password-in-environment is found in 60 more places, which are not listed" })
    #expect(!checked.diagnostics.contains { $0.excerpt?.contains("hunter2") ?? false })
  }

  /// Where files are only checked, variables need not be set.
  @Test func missingVariablesHideNothing() {
    let checked = check(
      "services: {a: {image: 'nginx:${TAG:?}', privileged: true, ports: ['${PORT}:80', '5432:5432'], environment: {A_TOKEN: '${A:-x1}'}},"
        + " b: {image: nginx}}\n")
    #expect(checked.diagnostics.filter { $0.severity == .error }.map(\.code) == ["MU0202"])
    #expect(findings(checked) == ["1:53 MU0609", "1:81 MU0607 ?", "1:109 MU0601", "1:143 MU0606"])
  }

  @Test func environmentFilesAreNotLookedAt() {
    #expect(findings(check("services: {a: {image: 'x:1', env_file: a.env}}\n", files: ["/shop/a.env": "A_TOKEN=x\n"])) == [])
  }

  @Test func namesOfImages() {
    for (text, short, tag) in [
      ("nginx", "nginx", nil), ("docker.io/library/nginx:1", "nginx", "1"), ("ghcr.io/a/b:2-alpine", "ghcr.io/a/b", "2-alpine"),
      ("localhost:5000/x", "localhost:5000/x", nil), ("grafana/grafana:latest", "grafana/grafana", "latest"),
    ] as [(String, String, String?)] {
      let name = ImageName(text)
      #expect(name?.short == short && name?.tag == tag)
    }
    #expect(ImageName("NOT A NAME") == nil)
  }

  @Test func codesAreStableAndNamesAreWords() {
    let codes = checkRules.map(\.code)
    let numbered: [String] = (1...codes.count).map { number in number < 10 ? "MU060\(number)" : "MU06\(number)" }
    #expect(codes == numbered)
    #expect(Set(checkRules.map(\.name)).count == codes.count)
    for rule in checkRules {
      #expect(rule.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(rule.name)")
      #expect(rule.reason.hasSuffix(".") && rule.reason.count > 30, "\(rule.code)")
      #expect(checkTopic(of: rule.code) == rule.reason)
    }
    for code in Code.allCases { #expect(!checkTopic(of: code.rawValue).isEmpty) }
  }

  /// The page on the checks says what the code says.
  @Test func documentation() throws {
    let page = try String(contentsOf: Self.tree.appending(path: "Sources/StackLoader/StackLoader.docc/Checks.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| MU") }.map(String.init)
    let expected: [String] = checkRules.map { rule in "| \(rule.code) | \(rule.name) | \(rule.severity.rawValue) | \(rule.reason) |" }
    #expect(rows == expected)
  }

  static let tree = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
}
