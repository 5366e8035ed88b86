import Diagnostics
import Foundation
import Testing

@testable import StackLoader

/// Damaged files: never a crash, every place inside its file, every fix what it says. `MUSTER_FUZZ=10000` tries longer.
@Suite struct LintRobustnessTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) | (state << 31)
    }
  }

  private static let pieces: [String] = [
    "\"", "'", ": ", "- ", "#", " # muster:ignore", "{", "}", "[", "]", ",", "&a ", "*a", "|\n", "\t", "\r\n", "\u{2028}", "é", "\u{FEFF}",
    "$", "${A:-b}",
    "true", "1.10", "0x10", "22:22", "external: {name: x}", "version: 3\n", "A_TOKEN=\"x\"", "://u:p@h", "<<: *a", "!reset ", "imge", "\n",
    "  ",
  ]

  private func mutated(_ text: String, _ generator: inout Generator) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let at = Int.random(in: 0..<scalars.count, using: &generator)
      let end = min(scalars.count, at + Int.random(in: 0...12, using: &generator))
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: scalars.removeSubrange(at..<end)
      case 1: scalars.insert(contentsOf: (Self.pieces.randomElement(using: &generator) ?? "").unicodeScalars, at: at)
      case 2: scalars.insert(contentsOf: scalars[at..<end], at: Int.random(in: 0..<scalars.count, using: &generator))
      default: scalars.replaceSubrange(at..<end, with: (Self.pieces.randomElement(using: &generator) ?? "").unicodeScalars)
      }
      if scalars.isEmpty { return " " }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func damagedFiles(_ seed: UInt64) throws {
    let original = try String(contentsOfFile: CorpusTests.directory + "/lint/before.yaml", encoding: .utf8)
    var generator = Generator(state: seed)
    let rounds = ProcessInfo.processInfo.environment["MUSTER_FUZZ"].flatMap { Int($0) } ?? 12
    for _ in 0..<rounds {
      let text = mutated(original, &generator)
      let source = SourceText(Array(text.utf8))
      for diagnostic in check(text).diagnostics {
        for range in [diagnostic.range].compactMap({ $0 }) + (diagnostic.fix?.edits.map(\.range) ?? []) {
          let isInside = range.start.line >= 1 && range.start.column >= 1 && range.end.line <= source.lineCount + 1
          #expect(isInside && source.offset(range.start) <= source.offset(range.end), "\(diagnostic)\n\(text)")
        }
      }
      let reader = MemoryFiles(files: ["/shop/compose.yaml": text])
      let request = LoadRequest(currentDirectory: "/shop")
      for includesUnsafe in [false, true] {
        let rewriting = rewriteStack(request, includesUnsafe: includesUnsafe, reader: reader)
        guard let file = rewriting.files.first else { continue }
        let after = String(decoding: file.after, as: UTF8.self)
        let (old, new) = (check(text), check(after))
        #expect(errors(new) <= errors(old), "\(text)\n-----\n\(after)")
        // What is safe is the same stack, but for quotes that were meant to be around the value.
        if !includesUnsafe, old.loaded != nil {
          #expect(Rewriter.isAsSaid(rewriting.applied.compactMap(\.fix), old, new), "\(text)\n-----\n\(after)")
        }
      }
    }
  }

  private func errors(_ checked: CheckedStack) -> Int { checked.diagnostics.filter { $0.severity == .error }.count }
}
