import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// Variables: their syntax, where their values come from, and which of several wins.
@Suite struct VariableTests {
  private static let variables = ["SET": "value", "EMPTY": "", "A_1": "one", "lower": "l"]

  @Test(arguments: [
    ("$SET", "value"), ("${SET}", "value"), ("a${SET}b", "avalueb"), ("$SET.x", "value.x"), ("$SETx", ""), ("$A_1", "one"), ("$lower", "l"),
    ("${UNSET}", ""), ("${UNSET:-d}", "d"), ("${UNSET-d}", "d"), ("${EMPTY:-d}", "d"), ("${EMPTY-d}", ""), ("${SET:-d}", "value"),
    ("${SET:+alt}", "alt"), ("${EMPTY:+alt}", ""), ("${EMPTY+alt}", "alt"), ("${UNSET+alt}", ""), ("${SET:?e}", "value"),
    ("${EMPTY?e}", ""),
    ("$$SET", "$SET"), ("$$$SET", "$value"), ("$${SET}", "${SET}"), ("100$", "100$"), ("$5", "$5"), ("$ x", "$ x"), ("a$-b", "a$-b"),
    ("${UNSET:-${SET}}", "value"), ("${UNSET:-a${EMPTY:-b${SET}c}d}", "abvaluecd"), ("${UNSET:-{x}}", "{x}"), ("${UNSET:-a:-b}", "a:-b"),
    ("${UNSET:-$$}", "$"), ("${UNSET:-}", ""), ("${UNSET:-é ü}", "é ü"), ("{SET}", "{SET}"),
  ])
  func interpolation(_ text: String, _ expected: String) throws {
    let template = Template(lookup: { Self.variables[$0] }, unset: { _ in })
    #expect(try template.expand(text) == expected)
  }

  @Test(arguments: ["${", "${}", "${SET", "${1}", "${SET!}", "${SET:}", "${ SET}", "${SET:=x}", "${UNSET:-${x}", "${SET/a/b}"])
  func malformed(_ text: String) {
    let template = Template(lookup: { Self.variables[$0] }, unset: { _ in })
    #expect(throws: Template.Failure.self) { try template.expand(text) }
  }

  @Test func requiredVariablesSayWhatIsMissing() {
    let template = Template(lookup: { Self.variables[$0] }, unset: { _ in })
    #expect(throws: Template.Failure.required(name: "UNSET", message: "give value")) { try template.expand("${UNSET:?give $SET}") }
    #expect(throws: Template.Failure.required(name: "EMPTY", message: "")) { try template.expand("${EMPTY:?}") }
  }

  /// A value that looks like a variable or like YAML stays what it is.
  @Test(arguments: ["${SET}", "$$", "a: b", "- x", "\"", "line\nline", "&a *b !c", "{}", "null"])
  func valuesAreOpaque(_ value: String) throws {
    let loaded = load(
      "services: {web: {image: x, environment: {A: \"$V\", B: \"${NO:-$V}\"}, labels: [\"l=$V\"]}}", environment: ["V": value])
    let web = try #require(loaded.value?.stack.services["web"])
    #expect(web.options.environment == ["A": value, "B": value])
    #expect(web.options.labels == ["l": value])
    let again = load(renderConfig(try #require(loaded.value), format: .yaml))
    #expect(again.value?.stack.services["web"]?.options.environment == ["A": value, "B": value], "\(lines(again))")
  }

  @Test func keysAreNotInterpolated() throws {
    let loaded = load("services: {web: {image: x, environment: {\"$SET\": 1}}}", environment: Self.variables)
    #expect(loaded.value?.stack.services["web"]?.options.environment == ["$SET": "1"])
  }

  // MARK: .env syntax

  @Test(arguments: [
    ("A=1\nB=2", ["A": "1", "B": "2"]), ("A = 1 \n", ["A": "1"]), ("export A=1\nexport\tB=2", ["A": "1", "B": "2"]), ("A: 1", ["A": "1"]),
    ("# c\n\n  A=1 # comment\nB=x#y\nC=#z\n", ["A": "1", "B": "x#y", "C": "#z"]), ("A=", ["A": ""]), ("A=\nB=2", ["A": "", "B": "2"]),
    ("A='$SET \\n #'\nB=\"$SET\\n\\\"q\\\" \\$SET\"", ["A": "$SET \\n #", "B": "value\n\"q\" $SET"]),
    ("A=\"two\nlines\"\nB='two\nmore'", ["A": "two\nlines", "B": "two\nmore"]), ("A='it\\'s'", ["A": "it's"]),
    ("A=a\nB=${A}b\nC=${D:-d}", ["A": "a", "B": "ab", "C": "d"]), ("A=a b  c", ["A": "a b  c"]), ("A=\"x\" # c", ["A": "x"]),
    ("SET\nUNSET\nB=1", ["SET": "value", "B": "1"]), ("A=1\nA=2", ["A": "2"]), ("\u{FEFF}A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
    ("a.b-c=1\nÜ=2", ["a.b-c": "1", "Ü": "2"]), ("URL=http://h/?a=b&c=d", ["URL": "http://h/?a=b&c=d"]), ("A=$$x", ["A": "$x"]),
    ("A=a=b", ["A": "a=b"]), ("A=\\n", ["A": "\\n"]), ("A=`x`", ["A": "`x`"]), ("", [:]),
  ])
  func dotenv(_ text: String, _ expected: [String: String]) throws {
    var file = DotEnv(lookup: { Self.variables[$0] }, unset: { _ in })
    try file.parse(Array(text.utf8))
    #expect(file.variables == expected)
  }

  @Test(arguments: [
    ("A='x", 1, 3), ("\nA=\"x\n", 2, 3), ("=1", 1, 1), ("A B=1", 1, 3), ("ok=1\n%=2", 2, 1), ("A='x' y", 1, 7), ("A=${", 1, 3),
    ("A=${B:?no}", 1, 3),
  ])
  func dotenvErrors(_ text: String, _ line: Int, _ column: Int) {
    var file = DotEnv(lookup: { _ in nil }, unset: { _ in })
    let failure = #expect(throws: DotEnv.Failure.self) { try file.parse(Array(text.utf8)) }
    #expect([failure?.line, failure?.column] == [line, column])
  }

  @Test func rawFilesAreLiteral() {
    let text = "A='x' # y\n# c\n B=$SET\nSET\nUNSET\nC=\n"
    let found = parseRawEnvironment(Array(text.utf8), lookup: { Self.variables[$0] })
    #expect(found.map(\.name) == ["A", "B", "SET", "C"] && found.map(\.value) == ["'x' # y", "$SET", "value", ""])
    #expect(found.map(\.line) == [1, 3, 4, 6] && found.map(\.column) == [1, 2, 1, 1])
  }

  // MARK: Precedence

  /// Who says what V is, and what it is then.
  struct Row: Sendable {
    var shell: String?
    var dotenv: String?
    var envFile: String?
    var secondEnvFile: String?
    var expected: String
  }

  @Test(arguments: [
    Row(shell: "shell", dotenv: "dot", expected: "shell"), Row(dotenv: "dot", expected: "dot"), Row(expected: "default"),
    Row(shell: "shell", envFile: "one", expected: "shell"), Row(dotenv: "dot", envFile: "one", expected: "one"),
    Row(envFile: "one", secondEnvFile: "two", expected: "two"), Row(shell: "", dotenv: "dot", expected: "default"),
  ])
  func interpolationPrecedence(_ row: Row) throws {
    var files: [String: String] = [:]
    if let value = row.dotenv { files["/shop/.env"] = "V=\(value)" }
    if let value = row.envFile { files["/shop/one.env"] = "V=\(value)" }
    if let value = row.secondEnvFile { files["/shop/two.env"] = "V=\(value)" }
    let loaded = load("services: {web: {image: \"x:${V:-default}\"}}", files: files, environment: row.shell.map { ["V": $0] } ?? [:]) {
      $0.envFiles = (row.envFile != nil ? ["one.env"] : []) + (row.secondEnvFile != nil ? ["two.env"] : [])
    }
    #expect(loaded.value?.stack.services["web"]?.image == "x:\(row.expected)")
  }

  @Test func containerPrecedence() throws {
    let files = [
      "/shop/a.env": "ONE=a\nTWO=a\nTHREE=a\nUSES=${SHELL_V}-${TWO}", "/shop/b.env": "TWO=b\nTHREE=b\nEARLIER=$ONE",
      "/shop/.env": "DOT=dot\nTHREE=dot",
    ]
    let loaded = load(
      "services: {web: {image: x, env_file: [a.env, {path: b.env}, {path: none.env, required: false}], environment: [THREE=own, DOT, SHELL_V, NONE]}}",
      files: files, environment: ["SHELL_V": "sh"])
    #expect(
      loaded.value?.stack.services["web"]?.options.environment == [
        "ONE": "a", "TWO": "b", "THREE": "own", "USES": "sh-a", "EARLIER": "a", "DOT": "dot", "SHELL_V": "sh",
      ], "\(lines(loaded))")
  }

  @Test func envFilesFromTheEnvironmentAndNone() throws {
    let files = ["/shop/.env": "V=dot", "/shop/one.env": "V=one"]
    let text = "services: {web: {image: \"x:${V:-none}\"}}"
    #expect(load(text, files: files, environment: ["COMPOSE_ENV_FILES": "one.env"]).value?.stack.services["web"]?.image == "x:one")
    #expect(load(text, files: files, environment: ["COMPOSE_DISABLE_ENV_FILE": "1"]).value?.stack.services["web"]?.image == "x:none")
    let missing = load(text, files: files) { $0.envFiles = ["no.env"] }
    #expect(lines(missing) == ["error MU0102: cannot read the environment file /shop/no.env: there is no such file"])
  }

  @Test func labelsFromFiles() throws {
    let loaded = load("services: {web: {image: x, label_file: l, labels: {b: own}}}", files: ["/shop/l": "a=1\nb=2\n"])
    #expect(loaded.value?.stack.services["web"]?.options.labels == ["a": "1", "b": "own"])
  }

  @Test func withoutInterpolationTheTextStays() throws {
    let loaded = load("services: {web: {image: \"x:$TAG\", ports: [\"${P}:80\"], mem_limit: \"${M}\"}}") { $0.interpolates = false }
    let stack = try #require(loaded.value, "\(lines(loaded))")
    let text = renderConfig(stack, format: .yaml)
    #expect(text.contains("image: x:$TAG\n") && text.contains("- ${P}:80\n") && text.contains("mem_limit: ${M}\n"), "\(text)")
    #expect(loaded.diagnostics == [])
  }
}
