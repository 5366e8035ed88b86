import Diagnostics
import Foundation
import StackModel
import Testing

@testable import StackLoader

/// Hostile and broken files: never a crash, never without end, every place inside the file.
@Suite struct RobustnessTests {
  private static func errors(_ text: String) -> [String] { load(text).diagnostics.filter { $0.severity == .error }.map(\.code) }

  @Test func billionLaughs() {
    var text = "x0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for level in 1...9 { text += "x\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n" }
    #expect(Self.errors(text) == ["MU0105"])
  }

  @Test func mergeKeyBomb() {
    var text = "x0: &a0 {k: v}\n"
    for level in 1...40 {
      text += "x\(level): &a\(level) {<<: [*a\(level - 1), *a\(level - 1)], n\(level): [*a\(level - 1), *a\(level - 1)]}\n"
    }
    #expect(Self.errors(text) == ["MU0105"])
  }

  @Test(arguments: ["[", "{a: ", "- ", "? "]) func depth(_ opening: String) {
    #expect(
      ["MU0105", "MU0103"].contains(
        Self.errors("x: " + (opening == "[" || opening.hasPrefix("{") ? "" : "\n  ") + String(repeating: opening, count: 100_000)).first))
  }

  @Test func aliasesMultiplyDepth() {
    var text = "x0: &a0 [[[[[[[[[[1]]]]]]]]]]\n"
    for level in 1...20 { text += "x\(level): &a\(level) [[[[[[[[[[*a\(level - 1)]]]]]]]]]]\n" }
    #expect(Self.errors(text) == ["MU0105"])
  }

  @Test func tooManyValuesAndTooLongFiles() {
    #expect(Self.errors("x:\n" + String(repeating: "- a\n", count: 450_000)) == ["MU0105"])
    #expect(Self.errors("x: " + String(repeating: "a", count: 9 << 20)) == ["MU0102"])
  }

  @Test func interpolationBombs() {
    var value = "x"
    for _ in 0..<60 { value = "${U:-\(value)}" }
    #expect(Self.errors("x-a: \"\(value)\"\nservices: {web: {image: x}}") == ["MU0203"])
    let long = String(repeating: "${L}", count: 5000)
    #expect(
      load("x-a: \"\(long)\"\nservices: {web: {image: x}}", environment: ["L": String(repeating: "l", count: 2000)]).diagnostics.map(\.code)
        == ["MU0105"])
  }

  @Test func manyServicesExtendingALargeOne() {
    let variables = (0..<3000).map { "V\($0): x" }.joined(separator: ", ")
    let services = (0..<500).map { "  s\($0): {extends: base}\n" }.joined()
    #expect(Self.errors("services:\n  base: {image: x, environment: {\(variables)}}\n\(services)").first == "MU0105")
  }

  @Test func longChainsOfDependencies() {
    let services = (0..<3000).map { "  s\($0): {image: x, depends_on: [s\($0 + 1)]}\n" }.joined()
    #expect(load("services:\n\(services)  s3000: {image: x}\n").value?.stack.services.count == 3001)
  }

  @Test(arguments: ["/dev/zero", "/dev/stdin", "/proc/self/mem", "/"]) func oddFilesAreRefused(_ path: String) {
    #expect(throws: FileError.self) { try HostFiles().read(path, limit: 100) }
  }

  @Test func pipesAreRefusedWithoutWaiting() throws {
    let path = NSTemporaryDirectory() + "/loader-pipe-\(getpid())"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    #expect(throws: FileError.notRegular) { try HostFiles().read(path, limit: 100) }
    #expect(throws: FileError.missing) { try HostFiles().read(path + "-no", limit: 100) }
  }

  /// The end of a file without a line break is in its last line.
  @Test func mistakesAtTheEnd() {
    #expect(lines(load("services: {}\nvolu")).first?.hasPrefix("compose.yaml:2:5: error MU0103") == true)
    #expect(lines(load("a: 1\rb: \u{7}")).first?.hasPrefix("compose.yaml:2:4: error MU0103: this byte") == true)
  }

  // MARK: Random bytes

  /// The same numbers for the same seed.
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  struct Bytes: FileReader {
    var bytes: [UInt8]
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
      if path.hasSuffix("compose.yaml") || path.hasSuffix(".env") && bytes.count % 3 == 0 { bytes } else { throw .missing }
    }
    func readStandardInput(limit: Int) throws(FileError) -> [UInt8] { [] }
    func hasFile(_ path: String) -> Bool { path == "/shop/compose.yaml" }
  }

  private func survive(_ bytes: [UInt8]) {
    let loaded = loadStack(LoadRequest(environment: ["HOME": "/h"], currentDirectory: "/shop"), reader: Bytes(bytes: bytes))
    #expect((loaded.value == nil) == loaded.diagnostics.contains { $0.severity == .error && $0.finding == nil })
    let count = bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + 3
    for diagnostic in loaded.diagnostics {
      _ = DiagnosticRenderer(style: .colour).render(diagnostic)
      guard let range = diagnostic.range else { continue }
      #expect(range.start.line >= 1 && range.start.column >= 1 && range.start.line <= bytes.count + count)
    }
    if let value = loaded.value {
      let text = renderConfig(value, format: .yaml)
      let again = loadStack(
        LoadRequest(projectName: value.stack.name.rawValue, environment: ["HOME": "/h"], currentDirectory: "/shop"),
        reader: MemoryFiles(files: ["/shop/compose.yaml": text]))
      #expect(again.value != nil, "\(lines(again))\n\(text)")
    }
  }

  @Test(arguments: 0..<4) func randomBytes(_ seed: UInt64) {
    var dice = Dice(state: seed)
    let letters = Array("abc:- \n\t{}[]\"'&*!#$|>%@`,?<~0123\u{0}\u{FF}services: image: web x".utf8) + [0x80, 0xFF, 0xC3]
    for _ in 0..<500 {
      survive((0..<Int.random(in: 0..<200, using: &dice)).map { _ in letters.randomElement(using: &dice) ?? 0 })
    }
  }
}
