import Diagnostics
import Foundation
import StackModel
import Testing

@testable import StackLoader

/// Mutated stack files: never a crash, never without end, every place inside its file, and what is taken means the same when it is printed
/// and read again.
///
/// A second or two of it run with the tests. `MUSTER_FUZZ_SECONDS=600` goes on for that long, with other seeds each time unless
/// `MUSTER_FUZZ_SEED` names one; the file that is being read then stands in `MUSTER_FUZZ_LAST`, to be found after a crash.
@Suite struct FuzzTests {
  private static let settings = ProcessInfo.processInfo.environment
  private static let seconds = settings["MUSTER_FUZZ_SECONDS"].flatMap { Double($0) }

  private static func files(_ directory: String) throws -> [[UInt8]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".env") }
    return try names.sorted().map { Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\($0)"))) }
  }

  private static func corpus() throws -> [[UInt8]] {
    let own = try files(Bundle.module.resourceURL!.appendingPathComponent("FuzzCorpus").path)
    return try own + CorpusTests.names.flatMap { try files("\(CorpusTests.directory)/\($0)") }.filter { $0.count < 20_000 }
  }

  /// One stack file, which other files stand beside.
  struct Input: FileReader {
    var main: [UInt8]
    var other: [UInt8]
    var variables: [UInt8]

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
      if path == "/shop/compose.yaml" { return main }
      if path.hasSuffix(".yaml") || path.hasSuffix(".yml") { return other }
      if path.hasSuffix(".env") { return variables }
      throw .missing
    }
    func readStandardInput(limit: Int) throws(FileError) -> [UInt8] { [] }
    func hasFile(_ path: String) -> Bool { path == "/shop/compose.yaml" }
  }

  private static let pieces = [
    ":", "- ", "\n", "  ", "{", "}", "[", "]", "$", "${X}", "${A:-", "$$", "&a ", "*a", "<<: *a\n", "!reset ", "!override ", "null", "[]",
    "{}", "'",
    "\"", "#", "-1", "99999", "true", "x-y: ", "extends: web\n", "include: [other.yaml]\n", "---\n", "|\n", ">-\n", "\\", "\r", "\r\n",
    "\t", "\u{85}",
    "\u{2028}", "\u{FEFF}", "\u{0}", "é", "name: x\n", "services:\n", "~", "%", "@", "=", "0x", "1e9", "../", "/", "environment:\n",
    "ports: [\"1-65535:1\"]\n",
  ].map { Array($0.utf8) }

  private static func mutated(_ original: [UInt8], _ corpus: [[UInt8]], _ dice: inout RobustnessTests.Dice) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...6, using: &dice) {
      let at = Int.random(in: 0...bytes.count, using: &dice)
      let end = min(bytes.count, at + Int.random(in: 1...60, using: &dice))
      switch Int.random(in: 0..<6, using: &dice) {
      case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &dice)
      case 1: bytes.removeSubrange(at..<end)
      case 2: bytes.insert(contentsOf: Array(bytes[at..<end]), at: Int.random(in: 0...bytes.count, using: &dice))
      case 3:
        let other = corpus.randomElement(using: &dice) ?? []
        let start = Int.random(in: 0...other.count, using: &dice)
        bytes.insert(contentsOf: other[start..<min(other.count, start + Int.random(in: 1...200, using: &dice))], at: at)
      case 4:
        // A whole line somewhere else.
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if let line = lines.randomElement(using: &dice) { bytes.insert(contentsOf: Array(line) + [UInt8(ascii: "\n")], at: at) }
      default: bytes.insert(contentsOf: pieces.randomElement(using: &dice) ?? [], at: at)
      }
    }
    return bytes
  }

  /// What is wrong with how this input is read; empty: nothing.
  private static func findings(_ input: Input) -> [String] {
    let request = LoadRequest(environment: ["HOME": "/h", "C": "c"], currentDirectory: "/shop")
    let loaded = loadStack(request, reader: input)
    var found: [String] = []
    if (loaded.value == nil) != loaded.diagnostics.contains(where: { $0.severity == .error && $0.finding == nil }) {
      found.append("a value beside an error, or neither: \(lines(loaded))")
    }
    for diagnostic in loaded.diagnostics {
      _ = DiagnosticRenderer(style: .colour).render(diagnostic)
      for range in [diagnostic.range].compactMap({ $0 }) + diagnostic.notes.compactMap(\.range) where !isInside(range, input) {
        found.append("\(range) to \(range.end) is outside of its file: \(diagnostic.message)")
      }
    }
    guard let value = loaded.value else { return found }
    for use in value.uses.prefix(3) { _ = explain(variable: use.name, in: value, reader: input).text() }
    let text = renderConfig(value, format: .yaml)
    let again = loadStack(
      LoadRequest(
        files: ["/again.yml"], projectDirectory: "/shop", projectName: value.stack.name.rawValue, environment: ["HOME": "/h"],
        currentDirectory: "/shop"), reader: MemoryFiles(files: ["/again.yml": text]))
    if again.value == nil { found.append("cannot be read again: \(lines(again))\n\(text)") }
    return found
  }

  private static func isInside(_ range: SourceRange, _ input: Input) -> Bool {
    guard range.start.line >= 1, range.start.column >= 1, range.end.line >= range.start.line else { return false }
    let isVariables = range.file.hasSuffix(".env")
    let bytes = range.file == "compose.yaml" ? input.main : isVariables ? input.variables : input.other
    func inside(_ position: SourceRange.Position) -> Bool {
      if isVariables {
        let all = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard all.indices.contains(position.line - 1) else { return false }
        return position.column <= String(decoding: all[position.line - 1], as: UTF8.self).unicodeScalars.count + 1
      }
      let index = LineIndex(
        Origin(file: "f", directory: "/", currentDirectory: "/", environment: Variables(), bytes: bytes))
      guard let line = index.text(position.line) else { return false }
      return line.utf8.count == 4096 || position.column <= line.unicodeScalars.count + 1
    }
    return inside(range.start) && inside(range.end)
  }

  @Test func mutatedStacks() throws {
    let corpus = try Self.corpus()
    let seed = Self.settings["MUSTER_FUZZ_SEED"].flatMap { UInt64($0) } ?? (Self.seconds == nil ? 1 : UInt64.random(in: 0...UInt64.max))
    var dice = RobustnessTests.Dice(state: seed)
    let start = ContinuousClock.now
    var executions = 0
    var told: Set<String> = []
    while Self.seconds.map({ start.duration(to: .now) < .seconds($0) }) ?? (executions < 400) {
      executions += 1
      let main = Self.mutated(corpus[executions % corpus.count], corpus, &dice)
      let others = corpus.randomElement(using: &dice) ?? []
      let input = Input(
        main: main, other: Bool.random(using: &dice) ? others : Self.mutated(others, corpus, &dice),
        variables: Self.mutated(corpus.first { $0.starts(with: "# a file".utf8) } ?? [], corpus, &dice))
      if let last = Self.settings["MUSTER_FUZZ_LAST"] { try Data(main).write(to: URL(fileURLWithPath: last)) }
      for finding in Self.findings(input) where told.insert(String(finding.prefix(80))).inserted && told.count < 20 {
        Issue.record("seed \(seed), execution \(executions): \(finding)\n\(String(decoding: main, as: UTF8.self))")
      }
    }
    if Self.seconds != nil { print("fuzzed \(executions) times from seed \(seed)") }
    #expect(executions >= 400 || Self.seconds != nil)
  }
}
