import Diagnostics
import Foundation
import StackModel
import Testing

@testable import StackLoader

/// Files that are made to hurt whoever reads them: each is refused for the reason that is its own, or read as the harmless thing it is.
/// How long that takes and how much memory is measured outside of the tests; here the limits themselves are held.
@Suite struct HostileTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    /// The code and the beginning of the first error; nil: it is taken.
    var expected: String?
    var files: [String: String] = [:]
    var environment: [String: String] = [:]
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ expected: String?, files: [String: String] = [:], environment: [String: String] = [:]) {
      self.init(name, bytes: Array(text.utf8), expected, files: files, environment: environment)
    }
    init(_ name: String, bytes: [UInt8], _ expected: String?, files: [String: String] = [:], environment: [String: String] = [:]) {
      (self.name, self.bytes, self.expected, self.files, self.environment) = (name, bytes, expected, files, environment)
    }
  }

  private static let web = "services: {web: {image: x}}\n"
  private static func lines(_ count: Int, _ line: (Int) -> String) -> String { (0..<count).map(line).joined() }

  static let rows = [
    // Encodings
    Row(
      "UTF-16, little-endian", bytes: [0xFF, 0xFE] + web.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
      "MU0103: the file is UTF-16 text"),
    Row(
      "UTF-16, big-endian", bytes: [0xFE, 0xFF] + web.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
      "MU0103: the file is UTF-16 text"),
    Row("UTF-16 without a mark", bytes: web.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, "MU0103: this byte cannot stand"),
    Row(
      "invalid UTF-8", bytes: Array("services: {web: {image: ".utf8) + [0xC3, 0x28] + Array("}}".utf8), "MU0103: this byte cannot stand"),
    Row(
      "an overlong slash", bytes: Array("services: {web: {image: ".utf8) + [0xC0, 0xAF] + Array("}}".utf8), "MU0103: this byte cannot stand"
    ),
    Row("a surrogate", bytes: Array("x: ".utf8) + [0xED, 0xA0, 0x80], "MU0103: this byte cannot stand"),
    Row("NUL", "services: {web: {image: a\0b}}", "MU0103: this byte cannot stand"),
    Row("an escaped NUL", "services: {web: {image: \"a\\0b\"}}", "MU0103: the text holds a NUL character"),
    Row("UTF-8 with a mark", "\u{FEFF}" + web, nil),
    Row("binary", bytes: (0..<4096).map { UInt8(($0 * 7919 + 13) & 0xFF) }, "MU0103: "),
    Row("a program", bytes: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 64), "MU0103: this byte cannot stand"),
    // Bombs
    Row(
      "aliases of aliases", "a0: &a0 [x, x]\n" + lines(30) { "a\($0 + 1): &a\($0 + 1) [*a\($0), *a\($0)]\n" },
      "MU0105: the file's aliases stand for"),
    Row(
      "merge keys of merge keys",
      "a0: &a0 {k: v}\n" + lines(40) { "a\($0 + 1): &a\($0 + 1) {<<: [*a\($0), *a\($0)], n: [*a\($0), *a\($0)]}\n" },
      "MU0105: the file's aliases stand for"),
    Row("an alias inside its anchor", "a: &a [*a]\n" + web, "MU0106: the alias *a stands inside"),
    Row("a merge key inside its anchor", "a: &a {<<: *a}\n" + web, "MU0106: the alias *a stands inside"),
    Row("deep brackets", "x: " + String(repeating: "[", count: 10_000), "MU0105: nested more than 100 levels"),
    Row("deep braces", "x: " + String(repeating: "{a: ", count: 10_000), "MU0105: nested more than 100 levels"),
    Row("deep indentation", lines(1000) { String(repeating: " ", count: $0) + "a:\n" }, "MU0105: nested more than 100 levels"),
    Row("a long list", "x-l:\n" + String(repeating: "- 1\n", count: 500_000) + web, "MU0105: the file has more than 400000 values"),
    Row("many documents", String(repeating: "--- {}\n", count: 1000), "MU0105: the file has more than 64 documents"),
    Row("a large value", "x-v: " + String(repeating: "v", count: 4 << 20) + "\n" + web, nil),
    Row(
      "a large file", String(repeating: "# a comment\n", count: 1 << 20),
      "MU0102: cannot read the stack file /shop/compose.yaml: it is larger than 8 MiB"),
    Row("many unknown keys", lines(50_000) { "k\($0): 1\n" } + web, "MU0301: the key \"k0\" is not known"),
    Row("many wrong types", "services:\n" + lines(5000) { "  s\($0): {image: [], tty: [], user: {}}\n" }, "MU0304: "),
    Row("a name of a megabyte", "name: " + String(repeating: "n", count: 1 << 20) + "\n" + web, "MU0408: "),
    // Variables
    Row(
      "values that grow", "x-l: [" + lines(2000) { _ in "\"${L}${L}${L}${L}\", " } + "]\n" + web, "MU0105: the values grow beyond 32 MiB",
      environment: ["L": String(repeating: "l", count: 10_000)]),
    Row(
      "a value that grows", "x-v: \"" + lines(5000) { _ in "${L}" } + "\"\n" + web, "MU0105: the value grows beyond 4 MiB",
      environment: ["L": String(repeating: "l", count: 2000)]),
    Row(
      "nested defaults", "x-v: \"" + String(repeating: "${U:-", count: 20_000) + String(repeating: "}", count: 20_000) + "\"\n" + web,
      "MU0203: "),
    Row("braces without end", "x-v: \"" + String(repeating: "${", count: 100_000) + "\"\n" + web, "MU0203: "),
    Row(
      "variables that double", web, "MU0204: the value",
      files: ["/shop/.env": "A0=xxxxxxxxxxxxxxxx\n" + lines(40) { "A\($0 + 1)=$A\($0)$A\($0)\n" }]),
    Row(
      "variables that are large together", web, "MU0204: the value",
      files: ["/shop/.env": "A=" + String(repeating: "x", count: 1 << 20) + "\n" + lines(1000) { "A\($0)=$A\n" }]),
    Row("many variables", web, "MU0204: the file has more than 50000 variables", files: ["/shop/.env": lines(50_001) { "A\($0)=\n" }]),
    Row("an environment file with NUL", web, "MU0204: there is a NUL character", files: ["/shop/.env": "A=a\0b"]),
    // Files
    Row("extends in a circle", "services: {a: {extends: b}, b: {extends: c}, c: {extends: a}}", "MU0402: services extend each other"),
    Row(
      "extends in a circle of files", "services: {a: {extends: {file: b.yaml, service: b}}}", "MU0402: services extend each other",
      files: ["/shop/b.yaml": "services: {b: {extends: {file: ./compose.yaml, service: a}}}"]),
    Row(
      "extends without end", "services:\n" + lines(200) { "  s\($0): {extends: s\($0 + 1)}\n" } + "  s200: {image: x}\n",
      "MU0105: service \"s49\" extends through more than 50"),
    Row(
      "include in a circle", "include: [a.yaml]\n", "MU0402: files include each other",
      files: ["/shop/a.yaml": "include: [./b.yaml]\n", "/shop/b.yaml": "include: [../shop/a.yaml]\n"]),
    Row(
      "includes that double", "include: [i0.yaml]\n" + web, "MU0105: ",
      files: Dictionary(
        uniqueKeysWithValues: (0..<25).map { ("/shop/i\($0).yaml", "include: [i\($0 + 1).yaml, ./i\($0 + 1).yaml]\n") } + [
          ("/shop/i25.yaml", "x-a: 1\n")
        ])),
    Row(
      "an include above everything", "include: [../../../../../../etc/passwd]\n",
      "MU0102: cannot read the stack file /etc/passwd: there is no such file"),
    Row(
      "an environment file of another directory", "services: {web: {image: x, env_file: ../secret.env}}", nil, files: ["/secret.env": "A=1"]
    ),
    Row(
      "a device as an environment file", "services: {web: {image: x, env_file: /dev/zero}}",
      "MU0102: service \"web\": cannot read /dev/zero"),
    Row(
      "a remote include", "include: [\"https://example.com/compose.yaml\"]\n",
      "MU0302: include: the file https://example.com/compose.yaml is remote"),
    // Names
    Row("a service out of its directory", "services: {\"../web\": {image: x}}", "MU0407: \"../web\" is not a name for a service"),
    Row("a volume out of its directory", web + "volumes: {v: {name: ../v}}", "MU0407: "),
    Row("a container out of its directory", "services: {web: {image: x, container_name: ../../x}}", "MU0407: "),
    Row("a project out of its directory", "name: ../x\n" + web, nil),
    Row("dots of another alphabet", "services: {\"．．/x\": {image: x}}", "MU0407: "),
    Row("a long key", "services: {\(String(repeating: "k", count: 900)): {image: x}}", "MU0407: "),
  ]

  struct Bytes: FileReader {
    var bytes: [UInt8]
    var files: [String: String]
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
      let found = path == "/shop/compose.yaml" ? bytes : files[path].map { Array($0.utf8) }
      guard let found else { throw path.hasPrefix("/dev/") ? .notRegular : .missing }
      guard found.count <= limit else { throw .tooLarge(limit: limit) }
      return found
    }
    func readStandardInput(limit: Int) throws(FileError) -> [UInt8] { [] }
    func hasFile(_ path: String) -> Bool { path == "/shop/compose.yaml" || files[path] != nil }
  }

  @Test(arguments: rows) func isRefusedForItsReason(_ row: Row) {
    let request = LoadRequest(environment: row.environment, currentDirectory: "/shop")
    let loaded = loadStack(request, reader: Bytes(bytes: row.bytes, files: row.files))
    let first = loaded.diagnostics.first { $0.severity == .error }.map { "\($0.code): \($0.message)" }
    if let expected = row.expected {
      #expect(first?.hasPrefix(expected) == true, "\(first?.prefix(200) ?? "taken")")
    } else {
      #expect(first == nil && loaded.value != nil)
    }
    #expect(loaded.diagnostics.count <= 600)
  }

  /// The machine's own odd files, as stack file and as environment file.
  @Test(arguments: ["pipe", "/dev/zero", "/dev/full", "/proc/self/mem", "/proc/kmsg", "/", "loop", "dangling"])
  func oddFiles(_ name: String) throws {
    let directory = NSTemporaryDirectory() + "hostile-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    #expect(mkfifo(directory + "/pipe", 0o600) == 0)
    try FileManager.default.createSymbolicLink(atPath: directory + "/loop", withDestinationPath: directory + "/loop")
    try FileManager.default.createSymbolicLink(atPath: directory + "/dangling", withDestinationPath: directory + "/nothing")
    let path = name.hasPrefix("/") ? name : directory + "/" + name
    let stack = loadStack(LoadRequest(files: [path], projectName: "p", currentDirectory: directory))
    #expect(stack.diagnostics.map(\.code) == ["MU0102"])
    try "services: {web: {image: x, env_file: \"\(path)\"}}".write(toFile: directory + "/compose.yaml", atomically: true, encoding: .utf8)
    #expect(loadStack(LoadRequest(currentDirectory: directory)).diagnostics.map(\.code) == ["MU0102"])
    #expect(loadStack(LoadRequest(envFiles: [path], currentDirectory: directory)).diagnostics.map(\.code).contains("MU0102"))
  }

  /// A link to an environment file is followed, as people use it.
  @Test func linkedEnvironmentFiles() throws {
    let directory = NSTemporaryDirectory() + "hostile-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try "V=linked".write(toFile: directory + "/real", atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: directory + "/.env", withDestinationPath: "real")
    try "services: {web: {image: \"x:$V\"}}".write(toFile: directory + "/compose.yaml", atomically: true, encoding: .utf8)
    #expect(loadStack(LoadRequest(projectName: "p", currentDirectory: directory)).value?.stack.services["web"]?.image == "x:linked")
  }
}
